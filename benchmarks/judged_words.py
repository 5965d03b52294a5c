"""Queries worded by hand as a teacher would, words that mean the same, and the mistakes people make when they type."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct


class Topic(Struct, frozen=True):
    """A query worded by hand, and the lessons meant: by their keywords (any of them), the name of their unit, or both.

    `units` are the beginnings of words in names of units, of whole names after a `^`.
    """

    query: str
    keywords: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


def topics(table: str) -> Iterator[Topic]:
    """The topics of a table: a line each, `query = keyword / keyword @ unit / unit`."""
    for line in table.strip().splitlines():
        query, _, meant = line.partition(" = ")
        keywords, _, units = meant.partition("@")
        yield Topic(query.strip(), _several(keywords), _several(units))


def _several(stated: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in stated.split("/") if part.strip())


NATURAL = """
how steep is a line = gradient @ linear graphs
taking away when you need to borrow = regroup @ column
bottom number of a fraction = denominator
top heavy fractions = improper fraction
longest side in a right angled triangle = hypotenuse
sin cos tan for missing sides = sine function / cosine function / tangent function @ right-angled trigonometry
distance around the edge of a shape = perimeter
how likely is it to happen dice and spinners = probability @ probability
three figure compass directions maths = @ bearings
money growing in a savings account = compound interest
really big and really small numbers powers of ten = standard form / exponential form @ standard form
shapes exactly the same size = congruent
split numbers into tens and ones = partition @ tens / place value
sharing with some left over = remainder
24 hour clock analogue = @ 24 hour clocks
counting coins for little ones = @ coin recognition
circle charts with slices = pie chart
dots on a graph line of best fit = scatter graph / bivariate data / line of best fit
bidmas brackets first = @ order of operations
lines that never meet = parallel
how much a box holds = volume @ volume
put it back into brackets = factorise
making a shape bigger by a scale = enlargement / scale factor
chance tree diagrams that depend on each other = @ conditional probability
recipe maths mixing amounts = ratio
number patterns going up by the same amount = arithmetic sequence @ sequences
greater than and less than signs = inequality @ ^inequalities
plants making food from sunlight = photosynthesis / chlorophyll @ plant nutrition / photosynthesis
how water gets through plant roots and leaves = transpiration / xylem @ transport and exchange surfaces in plants
why babies look like their parents = inherited / offspring / gene / variation @ inheritance / heredity / evolution
germs that make you ill = pathogen / microorganism / bacteria / virus @ disease / pathogens / health and disease
jabs and how the body fights infection = vaccination / antibodies / immune system @ immune system
what happens to food after you eat it = @ digestive system
heart and blood pumping round = @ circulatory system
bones joints and muscles = @ skeleton and muscles
what eats what in nature = food chain / predator / prey / producer @ food chains
animals suited to where they live = adaptation / habitat
bees helping flowers make seeds = pollination
why things float or sink upthrust = density / upthrust
ice melting water boiling = melting / boiling / condensation / evaporation @ states
rubbing surfaces slow things down = friction
north and south poles attract = magnet / magnetic / attract / repel @ magnets
bulbs and batteries = circuit / series circuit @ simple electrical circuits
things that let electricity through = electrical conductor
bouncing light off mirrors = reflect / reflection / specular reflection @ light
bending of light in glass = refraction
why is it dark at night = @ earth, sun and moon
planets going round the sun = @ solar system
dinosaur remains in rock = fossil
lemon juice and soap acid tests = @ acids and bases
getting salt out of sea water = evaporation / crystallisation / filtration @ separat
speeding up a chemical reaction = catalyst / rate of reaction
atoms gaining or losing electrons = ion / anion / cation
splitting compounds with electric current = electrolysis
cells dividing to make copies = mitosis
survival of the fittest = natural selection
keeping the body at the right temperature and sugar = homeostasis / insulin / negative feedback
greenhouse effect warming planet = greenhouse gases / global warming / greenhouse gas
breathing in and out lungs = @ breathing and respiration
speed time graphs = velocity-time graph
stretching springs = spring constant / hooke’s law
nuclear decay half life = radioactive half-life / half-life
falling skydiver top speed = terminal velocity
1066 and william taking over = @ norman conquest
kings fighting over the throne lancaster york = @ wars of the roses
the plague in the middle ages = @ black death
votes for women = suffrage / suffragettes @ women
factories steam and mills changing lives = @ industrial revolution
pharaohs and mummies = @ ancient egypt
henry's six wives break with rome = @ henry viii
roman soldiers in britain hadrian = @ impact did the romans
longships raiders from scandinavia = @ vikings
stonehenge hunter gatherers = @ stone age
slave trade triangle = @ transatlantic slavery
killing of jewish people by nazis = @ holocaust
guillotine king louis = @ french revolution
lenin and the tsar = @ russian revolution
nuclear weapons usa against ussr = arms race / containment @ cold war
holy wars jerusalem knights = @ crusades
trenches and soldiers from the colonies 1914 = @ world war one
end of empire independence = @ decolonisation
roundheads and cavaliers = @ english civil war
cutting down trees in the rainforest = deforestation
why the ground shakes = epicentre / tectonic plates / magnitude @ earthquakes
lava and eruptions = volcano / lava / magma
waves wearing away cliffs = erosion @ coast
rain rivers clouds round and round = @ water cycle
people moving to cities = urbanisation
countries getting rich and poor = development / inequality / gdp per capita @ global inequalities / global variations
moving country for a better life = migration / push factor / pull factor
wind and solar power = renewable energy / renewable / solar panel / wind turbine
how to read a map symbols = key / map / symbol @ maps
hurricanes and tropical storms = tropical storm / storm surge / typhoon @ weather hazards
where our shopping comes from = @ global trade
life in the freezing antarctic = @ cold places
staying safe on the internet = @ online safety
hackers viruses and scams = malware / social engineering / encryption @ cyber
making a quiz that branches = selection @ quiz
repeating code loops = iteration / count-controlled loop / repetition @ repetition
ones and zeros = binary / binary digit / binary number
sorting a list by computer = @ searching and sorting
true false and or not gates = logic gate / truth table / boolean @ boolean
how websites are built = html / hyperlink @ web
teaching machines to learn = @ machine learning
how laws get made in parliament = parliament / legislation / legislative @ law
picking our leaders at the ballot box = election / general election / voting
fake news = disinformation / misinformation
looking after your money budgeting = @ how can we manage money well
where to put speech marks = direct speech / inverted commas
joining two sentences together with and or but = @ compound sentences
words that sound the same but spelled differently = homophone
giving human qualities to objects = personification
scrooge and the ghosts = @ christmas carol
three witches scottish king = @ macbeth
star crossed lovers = @ romeo and juliet
writing a newspaper article = @ journalistic report
persuade someone in a letter = @ persuasive letter
reading between the lines = inference
writing spooky tense scenes = suspense / atmosphere
keeping a diary as a character = @ diary writing
how to make instructions = @ instructions writing
giving a talk with confidence = @ public speaking
loud and quiet in music = dynamics
keeping a steady beat = pulse / beat @ pulse
repeating pattern in a song = ostinato
drums from west africa = @ djembe / west african drumming
music for movies = @ film music
making up music on the spot = improvisation / improvise
mixing paint colours = @ colour mixing
making pots out of clay = clay
cutting and sticking pictures = collage @ collage
throwing and catching a ball = @ sending, receiving
running relay batons = relay
forward rolls and balances = balance @ gymnastics: movements
batting and bowling = @ cricket
eating your five a day = @ eatwell guide
where milk and eggs come from = @ food origins
what i did last weekend in spanish = preterite / preterite tense
saying what you will do in french = simple future / aller + infinitive
making things that move with wheels = axle @ wheels and axles
reuse and recycle products = circular economy
toys that pop up with a handle = @ automata
"""
"""What teachers say for what lessons are called."""

SAME = {
    "explain": "talk about", "describe": "talk about", "identify": "spot", "calculate": "work out",
    "determine": "find out", "solve": "do", "evaluate": "judge", "analyse": "look closely at", "compare": "contrast",
    "represent": "show", "recognise": "spot", "understand": "get", "demonstrate": "show", "construct": "make",
    "create": "make", "compose": "make up", "perform": "do", "use": "work with", "write": "put together",
    "important": "big deal", "factors": "reasons", "affect": "change", "affects": "changes", "effect": "impact",
    "effects": "impact", "causes": "reasons", "methods": "ways", "method": "way", "strategies": "ways",
    "structure": "set up", "characters": "people in the story", "character": "person in the story",
    "children": "kids", "pupils": "kids", "efficiently": "quickly", "accurately": "correctly", "multiply": "times",
    "multiplication": "times tables", "divide": "share", "division": "sharing", "subtract": "take away",
    "subtraction": "taking away", "add": "plus", "addition": "adding up", "equation": "sum", "equations": "sums",
    "rectangle": "oblong", "numbers": "figures", "quantity": "amount", "quantities": "amounts", "simplify": "tidy up",
    "expressions": "algebra", "triangles": "three sided shapes", "diagram": "picture", "diagrams": "pictures",
    "substances": "materials", "chemical": "chemistry", "organisms": "living things", "organism": "living thing",
    "environment": "surroundings", "bacteria": "germs", "disease": "illness", "diseases": "illnesses",
    "temperature": "heat", "velocity": "speed", "energy": "power", "ancient": "old", "britain": "uk",
    "government": "rulers", "population": "number of people", "migration": "people moving", "climate": "weather",
    "settlement": "towns", "society": "people", "community": "neighborhood", "conflict": "fighting", "war": "fighting",
    "century": "hundreds", "poem": "verse", "poems": "verses", "poetry": "verse", "narrative": "story",
    "text": "book", "texts": "books", "author": "writer", "sentence": "line", "sentences": "lines",
    "vocabulary": "words", "spell": "write", "persuasive": "convincing", "information": "facts", "melody": "tune",
    "rhythm": "beat", "music": "songs", "movement": "moves", "movements": "moves", "tactics": "plans",
    "opponent": "other team", "opponents": "other team", "accuracy": "aim", "program": "code", "programs": "code",
    "algorithm": "steps", "data": "numbers", "software": "apps", "design": "plan", "materials": "stuff",
    "nutrients": "goodness", "healthy": "good for you", "present": "now", "past": "before", "future": "later",
    "similarities": "things in common", "differences": "what is different", "properties": "what it is like",
    "significance": "why it matters", "develop": "build up", "consequences": "results", "problems": "questions",
}  # fmt: skip
"""What a teacher may type for a word of the curriculum."""

AMERICAN = {
    "colour": "color", "colours": "colors", "behaviour": "behavior", "analyse": "analyze", "analysing": "analyzing",
    "organise": "organize", "fertiliser": "fertilizer", "neutralisation": "neutralization", "centre": "center",
    "metre": "meter", "metres": "meters", "litres": "liters", "theatre": "theater", "catalogue": "catalog",
    "programme": "program", "dialogue": "dialog", "favourite": "favorite", "honour": "honor", "labour": "labor",
    "neighbour": "neighbor", "recognise": "recognize", "recognising": "recognizing", "factorise": "factorize",
    "factorising": "factorizing", "summarise": "summarize", "summarising": "summarizing", "urbanisation":
    "urbanization", "globalisation": "globalization", "colonisation": "colonization", "industrialisation":
    "industrialization", "crystallisation": "crystallization", "ionisation": "ionization", "visualising":
    "visualizing", "fibre": "fiber", "fibres": "fibers", "sulphur": "sulfur", "haemoglobin": "hemoglobin",
    "oestrogen": "estrogen", "foetus": "fetus", "aluminium": "aluminum", "tumour": "tumor", "vapour": "vapor",
    "practise": "practice", "practising": "practicing", "defence": "defense", "characterisation": "characterization",
    "visualise": "visualize", "optimising": "optimizing", "humour": "humor", "humorous": "humorous", "grey": "gray",
    "modelling": "modeling", "travelling": "traveling", "judgement": "judgment", "encyclopaedia": "encyclopedia",
    "decolonisation": "decolonization", "civilisation": "civilization", "civilisations": "civilizations",
    "specialised": "specialized", "armour": "armor", "harbour": "harbor", "rumours": "rumors",
}  # fmt: skip
"""British spellings as they are written in the United States."""

EMPTY = frozenset([
    "a", "an", "the", "of", "to", "and", "in", "on", "for", "with", "is", "are", "be", "it", "its", "by", "at", "as",
    "from", "that", "this", "how", "what", "why", "when", "where", "which", "who", "do", "does", "did", "we", "i",
    "can", "my", "our", "your", "their", "his", "her", "was", "were", "will", "into", "about", "or", "not", "using",
    "use", "between", "through",
])  # fmt: skip
"""Words that tell nothing by themselves."""

_KEYS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k", "k": "l",
    "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b",
    "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip
_BY_EAR = (
    ("ph", "f"), ("ie", "ei"), ("ei", "ie"), ("tion", "shun"), ("sion", "tion"), ("ence", "ance"), ("ance", "ence"),
    ("able", "ible"), ("ible", "able"), ("eous", "ious"), ("ll", "l"), ("ss", "s"), ("mm", "m"), ("nn", "n"),
    ("cc", "c"), ("pp", "p"), ("rr", "r"), ("tt", "t"), ("ff", "f"), ("ary", "ery"), ("ar", "er"), ("or", "er"),
    ("er", "ar"), ("en", "an"), ("al", "el"), ("is", "es"), ("y", "i"), ("qu", "kw"), ("th", "f"), ("c", "s"),
    ("au", "or"), ("ea", "ee"), ("ee", "ea"), ("i", "e"), ("e", "i"), ("o", "u"), ("a", "e"),
)  # fmt: skip


def misspelt(text: str, mistakes: int, chance: random.Random) -> str:
    """The text with so many mistakes, in its longest words, one a word; the first letter of a word stays.

    Half of them are by ear, half by the fingers: two letters swapped, one left out, one typed twice, a key beside.
    """
    telling = sorted(set(re.findall(r"[a-z]{5,}", text)), key=lambda word: (-len(word), word))
    for word in telling[:mistakes]:
        text = re.sub(rf"\b{word}\b", lambda found: _mistaken(found[0], chance), text)
    return text


def _mistaken(word: str, chance: random.Random) -> str:
    heard = [
        word[:at] + written + word[at + len(sound) :]
        for sound, written in _BY_EAR
        for at in range(1, len(word) - len(sound) + 1)
        if word.startswith(sound, at)
    ]
    at = chance.randrange(1, len(word) - 1)
    typed = [
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + _KEYS.get(word[at], "e") + word[at + 1 :],
    ]
    choices = heard[:12] if heard and chance.random() < 0.5 else typed
    return next((made for made in chance.sample(choices, len(choices)) if made != word), word[:-1])


def reworded(several: Iterable[str], chance: random.Random) -> list[str]:
    """The words, four of five of those that have another word replaced by it."""
    return [SAME[word] if word in SAME and chance.random() < 0.8 else word for word in several]
