"""Where the customers of the data set live: its names of countries, with a town, a postcode and names of people."""

from dataclasses import dataclass

# What the data set calls otherwise than Babel does. It knows a few places that are no one country: they get
# codes that ISO 3166 leaves to users, so that the shop says what the file says.
ALIASES = {
    "Channel Islands": "XC",
    "Czech Republic": "CZ",
    "EIRE": "IE",
    "European Community": "XE",
    "Hong Kong": "HK",
    "Korea": "KR",
    "RSA": "ZA",
    "USA": "US",
    "Unspecified": "ZZ",
    "West Indies": "XW",
}
MADE_UP = {
    "XC": "Channel Islands",
    "XE": "European Community",
    "XW": "West Indies",
    "ZZ": "Unspecified",
}


@dataclass(frozen=True)
class Place:
    """A country's towns with their postcodes (`#` is any digit) and streets, and the language of its names."""

    towns: tuple[tuple[str, str], ...]
    language: str = "en"


PLACES = {
    "AE": Place((("Dubai", ""), ("Abu Dhabi", "")), "ar"),
    "AT": Place((("Wien", "10#0"), ("Graz", "801#")), "de"),
    "AU": Place((("Sydney", "20##"), ("Hobart", "70##"))),
    "BE": Place((("Bruxelles", "10##"), ("Liège", "40##"), ("Gent", "90##")), "fr"),
    "BH": Place((("Manama", ""),), "ar"),
    "BM": Place((("Hamilton", ""),)),
    "BR": Place((("Recife", "500##-###"), ("Porto Alegre", "900##-###")), "pt"),
    "CA": Place((("Halifax", "B3H 1A#"), ("Montréal", "H2X 1Y#"))),
    "CH": Place((("Zürich", "80##"), ("Lausanne", "10##"), ("Basel", "40##")), "de"),
    "CY": Place((("Limassol", "30##"),), "el"),
    "CZ": Place((("Praha", "110 ##"), ("Brno", "602 ##")), "cs"),
    "DE": Place((("Hamburg", "20###"), ("Köln", "50###"), ("Leipzig", "04###")), "de"),
    "DK": Place((("København", "1###"), ("Aarhus", "80##")), "nordic"),
    "ES": Place((("Madrid", "280##"), ("Sevilla", "410##"), ("Bilbao", "480##")), "es"),
    "FI": Place((("Helsinki", "001##"), ("Turku", "201##")), "nordic"),
    "FR": Place((("Paris", "750##"), ("Lyon", "690##"), ("Nantes", "440##"), ("Lille", "590##")), "fr"),
    "GB": Place((("London", "SE1 #AB"), ("Bristol", "BS1 #CD"), ("Leeds", "LS2 #EF"), ("Whitby", "YO21 #GH"))),
    "GR": Place((("Athina", "105 ##"),), "el"),
    "HK": Place((("Kowloon", ""),)),
    "IE": Place((("Cork", "T12 AB##"), ("Galway", "H91 CD##"))),
    "IL": Place((("Haifa", "31#####"),)),
    "IS": Place((("Reykjavík", "1##"),), "nordic"),
    "IT": Place((("Milano", "201##"), ("Torino", "101##"), ("Bologna", "401##")), "it"),
    "JP": Place((("Yokohama", "220-00##"),), "ja"),
    "KR": Place((("Busan", "48###"),)),
    "LB": Place((("Beirut", "#### ####"),), "ar"),
    "LT": Place((("Vilnius", "LT-01###"),)),
    "MT": Place((("Valletta", "VLT 1###"),), "it"),
    "NG": Place((("Lagos", "101###"),)),
    "NL": Place((("Utrecht", "35## AB"), ("Rotterdam", "30## CD"), ("Groningen", "97## EF")), "nl"),
    "NO": Place((("Bergen", "50##"), ("Oslo", "01##")), "nordic"),
    "PL": Place((("Kraków", "31-0##"), ("Gdańsk", "80-0##")), "pl"),
    "PT": Place((("Lisboa", "11##-###"), ("Porto", "40##-###")), "pt"),
    "SA": Place((("Jeddah", "21###"),), "ar"),
    "SE": Place((("Göteborg", "411 ##"), ("Uppsala", "753 ##")), "nordic"),
    "SG": Place((("Singapore", "0188##"),)),
    "TH": Place((("Chiang Mai", "50###"),)),
    "US": Place((("Portland", "972##"), ("Boston", "021##"))),
    "XC": Place((("St Helier", "JE2 #AB"), ("St Peter Port", "GY1 #CD"))),
    "XW": Place((("Bridgetown", ""),)),
    "ZA": Place((("Cape Town", "80##"), ("Durban", "40##"))),
}
ELSEWHERE = Place((("", ""),))

# First names, last names, streets.
NAMES = {
    "ar": (
        ("Amira", "Karim", "Leila", "Nadim", "Rania", "Samir", "Yasmin", "Ziad"),
        ("Aziz", "Chami", "Farah", "Haddad", "Khoury", "Mansour", "Nasser", "Saab"),
        ("Cedar Street", "Corniche Road", "Palm Street"),
    ),
    "cs": (
        ("Alena", "Jakub", "Jana", "Lukáš", "Petra", "Tomáš", "Věra", "Zdeněk"),
        ("Beneš", "Černý", "Dvořák", "Fiala", "Horák", "Marek", "Němec", "Růžička"),
        ("Dlouhá", "Květná", "Nábřežní"),
    ),
    "de": (
        ("Anna", "Beat", "Franziska", "Jürg", "Lukas", "Miriam", "Stefan", "Ursula"),
        ("Bürgi", "Graf", "Huber", "Keller", "Lüthi", "Meier", "Schäfer", "Zeller"),
        ("Bahnhofstrasse", "Gartenweg", "Lindenallee", "Seestrasse"),
    ),
    "el": (
        ("Andreas", "Despina", "Eleni", "Giorgos", "Katerina", "Nikos", "Sofia", "Yannis"),
        ("Antoniou", "Charalambous", "Dimitriou", "Georgiou", "Ioannou", "Nikolaou", "Pavlou", "Petrou"),
        ("Agiou Andrea", "Ermou", "Solonos"),
    ),
    "en": (
        ("Alice", "Brian", "Catherine", "David", "Helen", "Martin", "Ruth", "Simon"),
        ("Abbott", "Barlow", "Carter", "Dawson", "Fletcher", "Hartley", "Naylor", "Whitfield"),
        ("Chapel Lane", "Harbour Street", "Mill Road", "Station Road"),
    ),
    "es": (
        ("Álvaro", "Carmen", "Inés", "Jesús", "Lucía", "Manuel", "Nuria", "Rocío"),
        ("Álvarez", "Castro", "Domínguez", "Ibáñez", "Muñoz", "Núñez", "Ortega", "Serrano"),
        ("Calle Mayor", "Calle del Río", "Avenida de la Paz"),
    ),
    "fr": (
        ("Amélie", "Benoît", "Chloé", "François", "Hélène", "Lucie", "Mathieu", "Noël"),
        ("Bernard", "Chevalier", "Dubois", "Fournier", "Lefèvre", "Mercier", "Rousseau", "Vidal"),
        ("rue de la Gare", "rue des Lilas", "quai du Port", "avenue Carnot"),
    ),
    "it": (
        ("Alessia", "Bruno", "Chiara", "Davide", "Giulia", "Marco", "Nicolò", "Silvia"),
        ("Bianchi", "Colombo", "De Luca", "Ferrari", "Gallo", "Marino", "Rinaldi", "Villa"),
        ("via Garibaldi", "via dei Mille", "corso Italia"),
    ),
    "ja": (
        ("Aiko", "Haruto", "Kenji", "Mei", "Naoko", "Ren", "Sakura", "Yuki"),
        ("Fujita", "Hayashi", "Kimura", "Mori", "Nakano", "Ogawa", "Sasaki", "Ueda"),
        ("Minato-dori", "Sakura-dori"),
    ),
    "nl": (
        ("Anouk", "Bram", "Daan", "Femke", "Joost", "Lotte", "Pieter", "Sanne"),
        ("Bakker", "de Boer", "de Wit", "Jansen", "Kuipers", "van Dijk", "Visser", "Zwart"),
        ("Dorpsstraat", "Kerkweg", "Oudegracht"),
    ),
    "nordic": (
        ("Astrid", "Björn", "Elin", "Hákon", "Ingrid", "Lars", "Sigrún", "Søren"),
        ("Andersen", "Berg", "Dahl", "Eklund", "Holm", "Lindqvist", "Nygård", "Sørensen"),
        ("Havnegata", "Kirkegade", "Storgatan"),
    ),
    "pl": (
        ("Agnieszka", "Bartosz", "Ewa", "Grzegorz", "Łucja", "Michał", "Paweł", "Zofia"),
        ("Dąbrowska", "Górski", "Kamińska", "Nowak", "Sikora", "Wójcik", "Zając", "Żak"),
        ("ulica Długa", "ulica Morska"),
    ),
    "pt": (
        ("Beatriz", "Duarte", "Gonçalo", "Inês", "João", "Mafalda", "Rui", "Sofia"),
        ("Almeida", "Carvalho", "Conceição", "Ferreira", "Guimarães", "Lourenço", "Magalhães", "Simões"),
        ("rua das Flores", "rua do Carmo", "avenida da Liberdade"),
    ),
}
