"""`make prose` finds what it is meant to find, in pages and in Python files."""

from pathlib import Path

import pytest

from studies.prose.__main__ import main


def findings(file: Path, text: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What follows the file's name in each finding."""
    file.write_text(text, encoding="utf-8")
    status = main([str(file)])
    *found, _ = capsys.readouterr().out.splitlines()
    assert status == (1 if found else 0)
    assert all(line.startswith(f"{file}:") for line in found), found
    return [line.removeprefix(f"{file}:") for line in found]


def test_a_word_of_the_table_is_found_on_its_line(tmp_path: Path, capsys) -> None:
    page = "# A page\n\nThe request has a time-out.\n\n| a |\n|---|\n| The mail is sent. |\n"

    assert findings(tmp_path / "page.md", page, capsys) == [
        "3:19: time-out => timeout [Error/prh]",
        "7:7: mail => email [Error/prh]",
    ]


def test_a_wrong_term_and_a_missing_space_are_found_in_a_japanese_page(
    tmp_path: Path, capsys
) -> None:
    page = "# ページ\n\nこのパラメーターにはAWSのデータがあります。\n"

    assert findings(tmp_path / "page.ja.md", page, capsys) == [
        "3:3: パラメーター => パラメータ [Error/prh]",
        "3:10: はA => は A [Error/prh]",
        "3:13: Sの => S の [Error/prh]",
    ]


def test_a_docstring_and_a_message_are_linted_as_pages_are(tmp_path: Path, capsys) -> None:
    module = '"""Waits for the time-out."""\n\nTEXT = "Somebody has to cure this soon."\n'

    found = findings(tmp_path / "module.py", module, capsys)

    assert [line.split(":")[0] for line in found] == ["1", "3"]


def test_a_long_sentence_is_found_and_code_in_it_is_not_counted(tmp_path: Path, capsys) -> None:
    long = "The function writes " + "the token " * 20 + "to the parameter.\n"
    names = "The function writes " + "`expires_at` " * 20 + "to the parameter.\n"

    assert len(findings(tmp_path / "long.md", long, capsys)) == 1
    assert findings(tmp_path / "names.md", names, capsys) == []
