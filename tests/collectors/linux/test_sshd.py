import subprocess

from collectors.linux.sshd import AUTHORITIES, sshd_files
from collectors.spec import Answer
from inventory.model.access import SshdSetting
from tests.collectors.linux.shells import SHELLS


def test_files_that_include_each_other_end() -> None:
    files = tuple(
        Answer(
            "config",
            "Include /etc/ssh/sshd_config.d/*\n" * 20 + f"Port {n}\n",
            f"/etc/ssh/sshd_config.d/{n}",
        )
        for n in range(60)
    )
    main = Answer("config", "Include sshd_config.d/*\nPort 22\n", "/etc/ssh/sshd_config")
    (port,) = sshd_files((main, *files))
    assert isinstance(port, SshdSetting)
    assert len(port.value.split()) == 61


def test_the_first_value_wins_and_a_match_block_ends_with_its_file() -> None:
    main = Answer(
        "config", "Include sshd_config.d/*.conf\nPermitRootLogin yes\n", "/etc/ssh/sshd_config"
    )
    part = Answer("config", "Match User a\nPermitRootLogin no\n", "/etc/ssh/sshd_config.d/1.conf")
    told = [
        (one.match, one.value) for one in sshd_files((part, main)) if isinstance(one, SshdSetting)
    ]
    assert told == [("User a", "no"), ("", "yes")]


def test_the_question_for_authorities_runs_in_every_shell() -> None:
    for shell in SHELLS:
        done = subprocess.run([*shell, "-n", "-c", AUTHORITIES.text], capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
