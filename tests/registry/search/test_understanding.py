"""What is read out of a question and what stays text: a table of phrases, most of them guards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.search.understanding import Reading, left, understand

READ = """
worksheets on fractions for 4th grade | type=worksheet grade=4 | fractions
grade 4 fractions | grade=4 | fractions
grades 3-5 area and perimeter | grade=3,4,5 | area and perimeter
grades 3 to 5 area | grade=3,4,5 | area
grades k-2 phonics | grade=K,1,2 | phonics
gr. 6 ratios | grade=6 | ratios
grade four decimals | grade=4 | decimals
Grade 10 biology cells | grade=10 | biology cells
fifth grade volcanoes | grade=5 | volcanoes
math for 3rd graders | grade=3 | math
5th grade students place value | grade=5 | place value
3rd and 4th grade maps of the world | grade=3,4 | maps of the world
K-2 counting | grade=K,1,2 | counting
year 7 algebra | grade=6 | algebra
yaer 7 algebra | grade=6 | algebra
Grdae 4 fractions | grade=4 | fractions
Year 1 addition | grade=K | addition
years 3 and 4 the Romans | grade=2,3 | Romans
yr 5 forces | grade=4 | forces
year seven poetry | grade=6 | poetry
year group 6 evolution | grade=5 | evolution
Y7 forces | grade=6 | forces
y5-6 spelling | grade=4,5 | spelling
KS2 Tudors | grade=2,3,4,5 | Tudors
key stage 3 chemistry | grade=6,7,8 | chemistry
KS1 and KS2 bullying | grade=K,1,2,3,4,5 | bullying
shapes for kindergarten | grade=K | shapes
kindergarteners sight words | grade=K | sight words
high school chemistry | grade=9,10,11,12 | chemistry
middle school ratios | grade=6,7,8 | ratios
junior high civics | grade=7,8 | civics
elementary school music | grade=K,1,2,3,4,5 | music
recycling for elementary students | grade=K,1,2,3,4,5 | recycling for students
elementary math puzzles | grade=K,1,2,3,4,5 | math puzzles
primary school assembly | grade=K,1,2,3,4,5 | assembly
secondary school drama | grade=6,7,8,9,10,11,12 | drama
7 year olds phonics | grade=2 | phonics
9-year-old reading | grade=4 | reading
coding for ages 7-9 | grade=2,3 | coding
GCSE photosynthesis | grade=9,10 | photosynthesis
A-level physics waves | grade=11,12 | physics waves
A level economics | grade=11,12 | economics
sixth form essay skills | grade=11,12 | essay skills
fractions under 20 min | minutes_max=20 | fractions
fractions, 20 minutes or less | minutes_max=20 | fractions
volcanoes max 30 min | minutes_max=30 | volcanoes
tree rings maximum of 45 minutes | minutes_max=45 | tree rings
up to 15 minutes mindfulness | minutes_max=15 | mindfulness
rivers less than an hour | minutes_max=60 | rivers
half an hour lesson on rivers | minutes_max=30 type=lesson,lesson-plan | rivers
1 hour lesson on rivers | minutes_max=60 type=lesson,lesson-plan | rivers
20-minute activity about magnets | minutes_max=20 type=activity | magnets
magnets 20 minutes | minutes_max=20 | magnets
forty five minute lesson on Egypt | minutes_max=45 type=lesson,lesson-plan | Egypt
fractions in Spanish | language=es | fractions
water cycle in French for year 4 | language=fr grade=3 | water cycle
fracciones en español | language=es | fracciones
les fractions en français | language=fr | les fractions
Bruchrechnen auf Deutsch | language=de | Bruchrechnen
magnets Spanish version | language=es | magnets
magnets in Vietnamese with pictures | language=vi | magnets with pictures
photosynthesis video | type=video | photosynthesis
video about photosynthesis | type=video | photosynthesis
videos explaining plate tectonics | type=video | explaining plate tectonics
a quiz on the water cycle | type=quiz,assessment | water cycle
water cycle quiz | type=quiz,assessment | water cycle
lesson plan for poetry | type=lesson-plan | poetry
poetry lesson plans | type=lesson-plan | poetry
free worksheets on commas | type=worksheet | commas
printable number lines | type=worksheet | number lines
multiplication games | type=game | multiplication
game to practice multiplication | type=game | practice multiplication
fractions lesson | type=lesson,lesson-plan | fractions
lessons about the civil war | type=lesson,lesson-plan | civil war
activities for teaching empathy | type=activity | teaching empathy
circuits simulation | type=simulation,interactive | circuits
PowerPoint on ancient Egypt | type=presentation | ancient Egypt
exit ticket area of triangles | type=quiz,assessment | area of triangles
answer key linear equations | type=answer-key | linear equations
unit plan on persuasion | type=unit | persuasion
persuasive writing rubric | type=rubric | persuasive writing
collection of videos on cells | type=video | collection of on cells
juegos de fracciones | type=game | de fracciones
free to adapt biology | open=1 | biology
open lessons on magnets | open=1 type=lesson,lesson-plan | magnets
open educational resources magnets | open=1 | magnets
oer magnets | open=1 | magnets
free to use and adapt maps | open=1 | maps
openly licensed poems | open=1 | poems
photosynthesis open license | open=1 | photosynthesis
poems creative commons licensed | open=1 | poems
cc by chemistry | license=cc-by | chemistry
cc by-nc-sa 4.0 poems | license=cc-by-nc-sa-4.0 | poems
cc0 pictures of cells | license=cc0-1.0 | pictures of cells
fractions at developing | level=developing | fractions
fractions at the proficient level | level=proficient | fractions
developing level ratios | level=developing | ratios
math games for 3rd graders 20 minutes or less in Spanish | type=game grade=3 minutes_max=20 language=es | math
"""

TEXT = """
developing countries
countries developing their industry
developing a thesis statement
at developing countries
the beginning of the universe
beginning sounds
proficient readers
extending the number line
water level
sea level rise
levels of organization
battle of Hastings year 1066
the year 2000 bug
year of the monkey
yaer of the rat
garde 1066
leap year
year 9 of the war
a year 5 months ago
10 years of change
grade a timber
grade 8 piano
grade 2 listed buildings
grade 5 bolts
how to get a grade 9 in maths
grade point average
steep grade
average grade
high school musical
high school dropouts
history of kindergarten
elementary particles
elementary algebra
elementary row operations
primary colors
primary sources
secondary colors
middle ages
bronze age 3
age of exploration
a level playing field
what a level surface is
slope of the line through y2 and y1
solve 3x + y4 = 7
video games history
history of video games
are video games bad
how to edit a video
making a podcast
olympic games
the hunger games
board games around the world
game theory
war games
volcanic activity
enzyme activity
human activities
risk assessment
life lessons
piano lesson
lessons of history
venn diagram
microscope slides
quiz show scandal
write a lesson
role of games in Rome
crash course
unit circle
unit rate
hypothesis test
acid test
table of contents
figure of speech
map skills
treasure map
periodic table
graph theory
story map
treasure of the sierra madre
convert 90 minutes to hours
telling time to 5 minutes
how many seconds in 3 minutes
time to the nearest 5 minutes
quarter past the hour
half an hour later
20 minute run
minutes of a meeting
speed 60 miles in 2 hours
verbs in Spanish
what I did last weekend in Spanish
saying what you will do in French
colors in Spanish
numbers in Spanish
in French history
in Spanish class
Spanish conquest
German unification
in Latin America
the French Revolution
English literature
in polish culture
articles in English
Greek myths
free
free fall
free verse poetry
freedom to adapt
open circuits
opening lines
open ended questions
copyright law
what is a creative commons license
common core
cc
by the sea
"lesson plan" fractions
"grade 4"
“under 20 minutes”
1066
"""


def _table() -> list[tuple[str, str, str]]:
    lines = (line.split(" | ") for line in READ.strip().splitlines())
    return [(phrase, read, text) for phrase, read, text in lines]


def _said(reading: Reading) -> str:
    return " ".join(f"{each.kind}={','.join(each.value)}" for each in reading.read)


@pytest.mark.parametrize(("phrase", "read", "text"), _table())
def test_what_is_plainly_said_is_read_and_the_rest_stays_text(phrase: str, read: str, text: str) -> None:
    found = understand(phrase)
    assert sorted(_said(found).split()) == sorted(read.split())
    assert found.text == text


@pytest.mark.parametrize("phrase", TEXT.strip().splitlines())
def test_words_that_may_be_content_stay_text(phrase: str) -> None:
    assert _said(understand(phrase)) == ""
    assert understand(phrase).text == phrase


@pytest.mark.parametrize(
    ("phrase", "read", "text"),
    [
        (
            "find an open lesson of at most 30 minutes that teaches 4.NF.B.3 at developing",
            "level=developing minutes_max=30 open=1 standard=4.NF.B.3 type=lesson,lesson-plan",
            "",
        ),
        ("a resource that teaches 4.NF.B.3", "standard=4.NF.B.3", ""),
        ("4.NF.B.3 problem ideas", "standard=4.NF.B.3", ""),
        ("4.NF.B.3 pizza problems", "standard=4.NF.B.3", "pizza problems"),
        ('4.NF.B.3 "problems"', "standard=4.NF.B.3", '"problems"'),
        ("teaching open licenses 4.NF.B.3", "standard=4.NF.B.3", "teaching open licenses"),
    ],
)
def test_a_whole_sentence_about_a_standard_is_read(phrase: str, read: str, text: str) -> None:
    found = understand(phrase, {"4.NF.B.3": ("4.NF.B.3", "4.NF.B.3")})
    assert (sorted(_said(found).split()), found.text) == (sorted(read.split()), text)


def test_codes_are_cut_out_and_a_level_beside_one_is_read() -> None:
    codes = {"4.NF.B.3": ("4.NF.B.3", "4.NF.B.3")}
    for phrase in ("pizza 4.NF.B.3 developing", "pizza developing 4.NF.B.3", "pizza 4.NF.B.3 at developing"):
        found = understand(phrase, codes)
        assert sorted(_said(found).split()) == ["level=developing", "standard=4.NF.B.3"]
        assert found.text == "pizza"
    assert _said(understand("pizza developing", codes)) == ""


@pytest.mark.parametrize(
    ("phrase", "read", "text"),
    [
        ("open 4.NF.B.3", "open=1 standard=4.NF.B.3", ""),
        ("4.NF.B.3 open developing", "level=developing open=1 standard=4.NF.B.3", ""),
        ("open 4.NF.B.3 developing under 30 min", "level=developing open=1 standard=4.NF.B.3 minutes_max=30", ""),
        ("4.NF.B.3 open-ended tasks", "standard=4.NF.B.3", "open-ended tasks"),
        ("4.NF.B.3 practice ideas", "standard=4.NF.B.3", ""),
        ("4.NF.B.3 pizza practice", "standard=4.NF.B.3", "pizza practice"),
    ],
)
def test_beside_a_code_open_is_a_license_and_practice_is_no_word(phrase: str, read: str, text: str) -> None:
    found = understand(phrase, {"4.NF.B.3": ("4.NF.B.3", "4.NF.B.3")})
    assert sorted(_said(found).split()) == sorted(read.split())
    assert found.text == text


def test_each_thing_read_says_from_which_words_and_can_be_taken_out() -> None:
    found = understand("worksheets on fractions for 4th grade")
    kind, grade = found.read
    assert (kind.words, kind.label, grade.words, grade.label) == ("worksheets", "Worksheet", "4th grade", "Grade 4")
    assert left(found.stated, [grade]) == "worksheets on fractions"
    assert understand("grades 3-5 area").read[0].label == "Grades 3 to 5"


def test_long_texts_are_read_for_nothing_but_codes() -> None:
    assert understand("grade 4 " * 100).read == ()


_PIECES = st.sampled_from((READ + TEXT).replace("|", " ").split()) | st.text(max_size=4)


@given(st.lists(_PIECES, max_size=12).map(" ".join))
def test_any_text_is_taken_apart_without_losing_or_sharing_a_character(text: str) -> None:
    found = understand(text)
    place = 0
    for each in found.read:
        assert place <= each.start < each.end
        assert text[each.start : each.end] == each.words
        assert each.value and each.label
        place = each.end
