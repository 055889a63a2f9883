"""Names the simulated people, teams and inboxes carry: plausible, varied, nobody's in particular."""

_FIRST = (
    "Amelie Anton Aylin Ben Bruno Carla Chloé Clara Daniel Deniz Elena Elif Emil Emma Farid Felix "
    "Finn Freya Greta Hanna Henrik Ida Ines Ivo Jana Jonas Jule Karim Katrin Lars Lena Leonie Lina "
    "Luca Łukasz Maja Marek Marta Mateo Mia Mila Nadia Nils Nora Olga Oskar Paula Pavel Pia Rafael "
    "Robin Rosa Samir Sara Sofia Søren Tariq Theo Tilda Tom Vera Viktor Yara Zoë"
)
FIRST = tuple(_FIRST.split())

_LAST = (
    "Albrecht Andersen Bauer Becker Berger Bianchi Brandt Costa Demir Dubois Eriksen Fischer Fontaine "
    "Fuchs García Graf Haas Hansen Hoffmann Ivanova Jansen Kaya Keller Koch König Kowalski Kraus Lang "
    "Lindqvist Lorenz Marino Martin Meyer Möller Moreau Nagy Navarro Novák Okafor Öztürk Pereira "
    "Petrov Popescu Richter Romano Rossi Roth Sato Schäfer Schmid Schuster Silva Simon Sommer Stein "
    "Svoboda Tanaka Thomsen Vogel Wagner Weber Winter Wójcik Yilmaz Ziegler"
)
LAST = tuple(_LAST.split())

UNUSUAL = (
    "山田 太郎",
    "مريم الخطيب",
    "Anna-Katharina von Hohenstein-Waldburg",
    "김민준",
    "Nguyễn Thị Minh Anh",
    "Αλέξανδρος Παπαδόπουλος",
    "נועה לוי",
    "陳怡君",
)
"""Wide, right-to-left and long names, a few in each account."""

TEAMS = (
    ("billing", "Invoices, payments, reminders"),
    ("returns", "Returns and exchanges"),
    ("orders", "Order status and changes"),
    ("technical support", "Second line, devices and apps"),
    ("premium care", "Contract customers"),
    ("deliveries", "Carriers and parcels"),
    ("accounts", "Sign-in, profile, consent"),
    ("complaints", None),
    ("sales", "Questions before an order"),
    ("warranty", "Repairs and spare parts"),
    ("partners", "Resellers and marketplaces"),
    ("onboarding", ""),
)

INBOXES = (
    ("Website Chat", "Channel::WebWidget"),
    ("Support Mail", "Channel::Email"),
    ("Voice Gateway", "Channel::Api"),
    ("WhatsApp", "Channel::Whatsapp"),
    ("Facebook", "Channel::FacebookPage"),
    ("Mobile App", "Channel::Api"),
)

LABELS = (
    ("vip", "#b45309"),
    ("refund", "#0f766e"),
    ("bug", "#b91c1c"),
    ("callback", "#1d4ed8"),
    ("fraud-check", "#7e22ce"),
)
