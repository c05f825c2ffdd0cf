"""The sentences of a Python file keep their line numbers in the Markdown that is linted."""

from textwrap import dedent

from studies.prose.sentences import markdown_of


def sentences(source: str) -> dict[int, str]:
    lines = markdown_of(dedent(source)).splitlines()
    return {number: line for number, line in enumerate(lines, 1) if line}


def test_docstrings_comments_and_messages_stand_on_their_lines():
    found = sentences('''\
        """Says what the module does."""
        import this  # noqa: F401

        # A surprise,
        # and where it is explained.
        LIMIT = 3  # seconds
        """The longest pause."""


        def stop(name: str) -> None:
            """Stops.

            It never returns.
            """
            raise SystemExit(
                f"{name} was stopped because it "
                "took too long."
            )
        ''')

    assert found == {
        1: "Says what the module does.",
        4: "- A surprise,",
        5: "  and where it is explained.",
        6: "- seconds",
        7: "The longest pause.",
        11: "Stops.",
        13: "It never returns.",
        16: "- `…` was stopped because it took too long.",
    }


def test_strings_of_a_test_are_data():
    assert markdown_of('TEXT = "four words and one"', messages=False) == ""


def test_names_programs_and_drawings_are_no_sentences():
    found = sentences('''\
        """The errors.

        Root
        ├── Leaf
        └── Other
        """
        NAME = "a short name"
        PROGRAM = """
        select everything from the table
        where nothing is left
        """
        ''')

    assert found == {1: "The errors."}


def test_an_example_in_a_docstring_stays_code():
    found = sentences('''\
        def double(number: int) -> int:
            """Twice the number::

                double(2)
            """
            return 2 * number
        ''')

    assert found == {2: "Twice the number::", 4: "    double(2)"}
