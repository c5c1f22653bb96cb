"""Made-up people for the simulated org: the same seed gives the same people, in the same order.

Names are random combinations of given and family names from many languages; nobody real is meant. Which groups a
person belongs to is decided in `org`.
"""

from __future__ import annotations

import random
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_GIVEN = (
    "Amara Anneli Arjun Aylin Beatriz Bjarne Chiara Daichi Dilnoza Ebba Elif Emeka Eoin Fatou Femi Gulnara Hana Henrik"
    " Ines Ioana Isak Jadwiga Jarek José Kaito Katarzyna Kwame Lakshmi Leandro Leila Linnéa Luca Maëlle Malik Mateus"
    " Mei Milan Nadia Naoko Niamh Nikos Noor Oksana Olivér Paloma Priya Quang Rania Renata Ruben Sakari Samira Sanna"
    " Siddharth Sofia Søren Tala Tariq Thandiwe Tomás Uri Valentina Wanjiru Xenia Yara Yusuf Zainab Zoë"
)
_FAMILY = (
    "Abara Almeida Andersson Bakker Balogun Bianchi Castellanos Chaudhry Cohen Dąbrowska Demir Diallo Dubois Eriksen"
    " Farouk Fernández Fujimoto Gagnon Georgiou Greene Haddad Hakimi Horváth Iyer Jansen Kamau Karimova Kowal Kuznets"
    " Larsen Laurent Lindqvist Mahlangu Marković Mendes Mensah Moreau Müller Nakagawa Nguyen Novák Nowak O'Brien"
    " Okafor Olsen Pacheco Papadakis Park Popescu Quintero Rahman Reyes Rossi Saarinen Sato Schäfer Silva Singh Sørby"
    " Takahashi Toth Ueda Vargas Virtanen Wang Weiss Yamada Yılmaz Zeman"
)
GIVEN_NAMES = tuple(_GIVEN.split())
FAMILY_NAMES = tuple(_FAMILY.split())
TITLES = {
    "Sales": ("Account Executive", "Sales Engineer", "Sales Development Representative", "Key Account Manager"),
    "Engineering": ("Software Engineer", "Site Reliability Engineer", "Quality Engineer", "Staff Engineer"),
    "Design": ("Product Designer", "Design Researcher", "Illustrator"),
    "Support": ("Support Specialist", "Technical Writer", "Customer Success Manager"),
    "Marketing": ("Campaign Manager", "Content Strategist", "Event Planner"),
    "Finance": ("Financial Analyst", "Accountant", "Payroll Specialist"),
    "People": ("Recruiter", "People Partner", "Learning Coordinator"),
    "Legal": ("Counsel", "Privacy Specialist", "Contract Manager"),
}
COST_CENTERS = {name: f"CC-{(position + 1) * 100}" for position, name in enumerate(TITLES)}
LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "pt-BR", "ja-JP", "pl-PL", "es-MX", "en_US")
CONTRACTOR_SHARE = 0.15

# Letters that Unicode does not decompose into a plain letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ı": "i", "ł": "l", "ß": "ss", "đ": "d", "'": "", "’": ""})


@dataclass(frozen=True, slots=True)
class Person:
    """One Okta user: what an admin would see in the Okta directory."""

    okta_id: str
    user_name: str
    given_name: str
    family_name: str
    title: str
    department: str
    user_type: str
    cost_center: str
    employee_number: str
    locale: str
    phone: str

    @property
    def display_name(self) -> str:
        return f"{self.given_name} {self.family_name}"


def invent(count: int, *, seed: int, departments: Sequence[str], domain: str = "acme.example") -> tuple[Person, ...]:
    """Invent `count` people spread over the departments; nobody shares a user name.

    The first n people of a larger org are the same n people: growing an org adds, it never replaces.
    """
    taken: set[str] = set()
    return tuple(_person(number, seed, departments, domain, taken) for number in range(count))


def _person(number: int, seed: int, departments: Sequence[str], domain: str, taken: set[str]) -> Person:
    draw = random.Random(f"{seed}/{number}")
    given, family = draw.choice(GIVEN_NAMES), draw.choice(FAMILY_NAMES)
    department = departments[number] if number < len(departments) else draw.choice(departments)
    leads = number < len(departments)
    contractor = not leads and draw.random() < CONTRACTOR_SHARE
    return Person(
        okta_id="00u" + "".join(draw.choices(string.ascii_letters + string.digits, k=17)),
        user_name=_free_address(given, family, domain, taken),
        given_name=given,
        family_name=family,
        title=f"Head of {department}" if leads else draw.choice(TITLES[department]),
        department=department,
        user_type="Contractor" if contractor else "Employee",
        cost_center=COST_CENTERS[department],
        employee_number=f"{10_000 + number}",
        locale=draw.choice(LOCALES),
        phone=f"+1 202 555 01{draw.randrange(100):02d}",
    )


def _free_address(given: str, family: str, domain: str, taken: set[str]) -> str:
    local = f"{_ascii(given)}.{_ascii(family)}"
    candidate, suffix = local, 1
    while candidate in taken:
        suffix += 1
        candidate = f"{local}{suffix}"
    taken.add(candidate)
    return f"{candidate}@{domain}"


def _ascii(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return "".join(letter for letter in folded if letter in string.ascii_lowercase)
