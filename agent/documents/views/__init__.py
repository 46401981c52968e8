"""What the templates loop over, a module a subject: every decision is made here, no sentence is."""
