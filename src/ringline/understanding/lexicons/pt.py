"""Portuguese, of Brazil and of Portugal."""

from __future__ import annotations

import re

from ringline.understanding.lexicons.lexicon import Cue, Lexicon, phrases, words

_SPELLED = {
    "milhao": "milhão",
    "milhoes": "milhões",
    "bilhao": "bilhão",
    "bilhoes": "bilhões",
    "virgula": "vírgula",
    "decimo": "décimo",
    "decima": "décima",
    "setimo": "sétimo",
    "setima": "sétima",
    "ultimo": "último",
}

_CUES: dict[str, Cue] = {
    **phrases(
        "yes",
        """sim, s, ss, sin, simm, sim sim, uhum, aham, aha, claro, claro que sim, e claro, com certeza,
        com certeza sim, certeza, certamente, sem duvida, sem duvidas, sem duvida nenhuma, sem problema,
        sem problemas, nao tem problema, nao ha problema, nao tem problema nenhum, nao ha problema nenhum,
        nenhum problema, nao ha duvida, nao tem duvida, por que nao, porque nao, e por que nao, isso mesmo,
        e isso, e isso mesmo, exatamente, exato, exacto, exactamente, esta certo, ta certo, correto, correcto,
        esta correto, e verdade, positivo, afirmativo, obvio, obviamente, evidente, logico, naturalmente,
        pode sim, quero sim, tenho sim, posso sim, vou sim, gostaria sim, e sim, sou sim, estou sim, foi sim,
        consigo sim, aceito, aceito sim, concordo, de acordo, confirmo, confirmado, confirmada, confirmo sim,
        estarei la, estarei ai, vou estar la, conte comigo, pode contar comigo, ate la, com prazer,
        com todo o prazer, com muito gosto, mal posso esperar, pode crer, pois claro, que sim, fechado,
        combinado, bora, por mim tudo bem, nao me importo, 👍, 👌, ✅, ✔, 💯, 🙌, 🆗, ☑""",
    ),
    **phrases(
        "no",
        """nao, n, nn, naum, num, nao nao, nao obrigado, nao obrigada, nao quero, nao quero nao, nao posso,
        nao vou, nao da, nao vai dar, nao consigo, infelizmente nao, claro que nao, com certeza nao,
        certamente que nao, certamente nao, obvio que nao, de jeito nenhum, de jeito algum, de maneira nenhuma,
        de maneira alguma, de modo nenhum, de modo algum, de forma alguma, de forma nenhuma, nem pensar,
        nem morto, nem morta, nem a pau, nem por sombras, nem sonhando, nunca, jamais, nunca mais, ainda nao,
        agora nao, hoje nao, por enquanto nao, por agora nao, ja nao, acho que nao, penso que nao,
        creio que nao, diria que nao, parece que nao, nao acho, nao creio, nao me parece, duvido, duvido muito,
        melhor nao, prefiro que nao, negativo, esta errado, ta errado, errado, incorreto, incorrecto,
        nao esta certo, nao e isso, nao e verdade, nao e bem assim, nao mesmo, nada disso, impossivel,
        e impossivel, nao e possivel, nao tenho interesse, nao me interessa, nao precisa, nao e preciso,
        nao e necessario, tambem nao, que nada, 👎, ❌, ✖, 🚫, 🙅""",
    ),
    **phrases(
        "weak_yes",
        """ok, okay, okey, oki, esta bom, ta bom, ta bem, esta bem, tudo bem, tudo certo, beleza, blz, bom, certo,
        ta, tah, perfeito, otimo, optimo, ta otimo, legal, fixe, show, joia, maravilha, excelente, verdade,
        feito, isso, pois, pode, quero, posso, tenho, vou, sou, estou, consigo, gostaria, aceitavel, na boa,
        tranquilo, pois e, de certeza, seguro, vamos""",
    ),
    **phrases("weak_no", "falso, nada, nenhum, nenhuma, desculpa, desculpe, infelizmente, lamento, sinto muito"),
    **phrases(
        "hedged_yes",
        """tenho certeza, tenho a certeza, estou certo, estou certa,
        acho que sim, creio que sim, penso que sim, julgo que sim, suponho que sim, imagino que sim,
        espero que sim, parece que sim, diria que sim, provavelmente, provavelmente sim, e provavel, pode ser,
        pode ser sim, acho, mais sim que nao, em principio sim, se deus quiser""",
    ),
    **phrases(
        "hedged_no",
        (
            "provavelmente nao, suponho que nao, imagino que nao, espero que nao, em principio nao, nem "
            "por isso, nao muito"
        ),
    ),
    **phrases(
        "maybe",
        """talvez, se calhar, quem sabe, quica, e possivel, possivelmente, pode ser que sim, pode ser que nao,
        pode ser que, pois nao, vamos ver, vou ver, vou pensar, preciso pensar, deixa eu ver,
        deixe me ver, eventualmente""",
    ),
    **phrases(
        "dont_know",
        """nao sei, sei nao, sei la, n sei, nao sei nao, nao faco ideia, nao faco a minima ideia, nao tenho ideia,
        nao tenho certeza, nao tenho a certeza, sem ideia, depende, ainda nao sei, nao sei ainda,
        nao estou certo, nao estou certa, nem ideia, nao sei dizer, nao me lembro, nao lembro, estou em duvida,
        tenho duvidas, ainda nao decidi, nao decidi, nem sim nem nao, sabe se la, vai saber, 🤷, 🤔""",
    ),
}

LEXICON = Lexicon(
    numbers="pt",
    silence=words("hum hm hmm m mm eh ah oh ahn han ue ne uh uhm ehm"),
    politeness=words(
        "por favor pf pfv pfvr porfavor obrigado obrigada obg brigado brigada ola oi senhor senhora "
        "moco moca so entao bem olha olhe"
        " muito gentileza grato grata bom dia viu"
    ),
    courtesies=re.compile(
        r"\b(?:(?:por|se faz) favor|muit[oa] obrigad[oa]|por gentileza|bo[am] (?:dia|tarde|noite)|fa(?:z|ca) favor)\b"
    ),
    cues=_CUES,
    sentences=(
        (
            re.compile(r"\bnao (?:faz mal|tem de que|ha de que|se preocupe|so|importa|tem importancia|me incomoda)\b"),
            "neither",
        ),
        (re.compile(r"\bnao vejo por ?que nao\b"), "yes"),
        (re.compile(r"\bnao (?:digo|diria|dizia|vou dizer) que nao\b"), "hedged_yes"),
        (re.compile(r"\bnao (?:tem|ha|esta|mora|vem|veio|havia|tinha) (?:mais )?ninguem\b"), "hedged_no"),
        (
            re.compile(
                r"^(?:isso )?(?:seria|parece|soa) (?:muito )?(?:otimo|bom|perfeito|ideal|excelente|legal"
                r"|maravilhoso|bem)\b(?! mas)"
            ),
            "yes",
        ),
        (
            re.compile(r"\b(?:ainda )?nao (?:estou |sei |tenho )(?:\w+ )?(?:certeza|cert[oa]|se|dizer|ideia)\b.*"),
            "dont_know",
        ),
        (
            re.compile(
                r"\bnao (?:estou (?:de acordo|disponivel|interessad[oa])|concordo|acho que|creio que|penso que)\b.*"
            ),
            "no",
        ),
        (
            re.compile(
                r"\bnao (?:tem|ha|vejo|tenho) (?:nenhum |qualquer )?(?:problema|duvida)s?(?: (?:nenhum|nenhuma"
                r"|algum|alguma))?(?: nao$)?"
            ),
            "yes",
        ),
        (re.compile(r"\b(?:acho|creio|penso|diria|parece) que (?:\w+ )?nao\b(?: \w+)?$"), "no"),
    ),
    edge=words("s n num ta pode sin"),
    unturned=words("sim claro"),
    negations=words("nao nunca jamais nem sem tampouco"),
    doubtful_no=words("nao"),
    corrections=re.compile(
        r"[\s,.;…-]*\b(?:nao,? (?:espera|espere|perai|pera|desculp[ae]|perdao|digo|quer dizer|quero "
        r"dizer|alias|melhor)|(?:espera|espere|pera|perai),? nao|nao,? bom"
        r"|quer dizer|quero dizer|queria dizer|digo(?=[ ,])|desculp[ae](?:-me| me)?|perdao|alias|espera"
        r"|espere|pera(?:i)?|ou melhor|melhor dizendo|na verdade"
        r"|me enganei|enganei-?me|enganei me|corrigindo|corrijo|opa|ops|minto|na realidade|pensando "
        r"bem|mas sim)\b[\s,.;:…-]*"
    ),
    bare_correction=re.compile(r"[\s,.;…-]+\bnao\b[\s,.;…-]+"),
    modifiers=words("mas so exceto menos porem apenas"),
    dont_know=re.compile(
        r"\b(?:(?:tenho|preciso)(?: de| que)? (?:pensar|ver|consultar)|(?:nao|n) (?:o |a )?sei(?! "
        r"(?:usar|fazer))|sei la|nao faco (?:a )?(?:menor |minima "
        r")?ideia|nao tenho (?:a )?(?:menor |minima )?(?:ideia|certeza|nocao)"
        r"|nem ideia|nao (?:me )?(?:lembro|recordo)|nao (?:estou )?(?:cert[oa]|segur[oa])|depende"
        r"|esqueci(?:-me)?|(?:estou )?em duvida|nao decidi|nao consigo dizer"
        r"|dificil (?:de )?dizer|desconheco|sem ideia|nao saberia dizer)\b|🤷|🤔"
    ),
    refused=re.compile(
        r"\b(?:nao (?:te|lhe) interessa|prefiro nao (?:dizer|responder|dar|falar|informar|contar"
        r"|passar|fornecer|revelar|divulgar"
        r"|partilhar|compartilhar)\w*"
        r"|preferia nao (?:dizer|responder|dar|falar)\w*"
        r"|nao (?:quero|gostaria de|vou|pretendo|desejo) (?:responder|dizer(?: isso)?(?! que)|dizer lhe|falar "
        r"(?:sobre|disso)|informar|dar (?:o|a|os|essa|esse)|compartilhar|partilhar)"
        r"|nao (?:e|lhe diz|te diz) (?:da (?:sua|tua) conta|respeito)|isso nao e da (?:sua|tua) conta|sem comentarios"
        r"|(?:isso )?e (?:algo |informacao )?(?:pessoal|particular|privado|privada|confidencial))\b"
    ),
    meta={
        "repeat": re.compile(
            r"(?:desculp[ae] |perdao |hein )?(?:o que|que|oque|o q|como|como e|hein|como disse|o que disse"
            r"|o que foi que disse|o que voce disse|que disse|desculp[ae]|perdao"
            r"|de novo|outra vez|mais uma vez|novamente|repet[ea]|repetir|repete la|qual (?:e|era|foi) "
            r"(?:mesmo )?a pergunta|quais (?:sao|eram|sao mesmo) as opcoes|diga|diga de novo|fala de novo)"
        ),
        "slower": re.compile(
            r"(?:(?:pode|podia|poderia|consegue) (?:falar|ir) )?(?:fale |fala |va )?(?:um pouco |um "
            r"pouquinho )?(?:mais (?:devagar|lento|lentamente|pausado)|devagar|menos rapido"
            r"|(?:esta|ta) (?:muito|falando muito) rapido|fala muito (?:rapido|depressa))"
        ),
        "help": re.compile(
            r"nao (?:estou|to|tou) (?:entendendo|percebendo|a perceber|a entender)(?: \w+)?|"
            r"ajuda|ajude me|me ajuda|me ajude|ajuda me|preciso de ajuda|socorro|como assim|(?:desculpe "
            r")?nao (?:entendi|percebi|entendo|percebo|compreendi|compreendo)"
            r"(?: (?:a pergunta|nada|bem|isso))?|o que (?:quer dizer|significa|isso significa|e isso|voce "
            r"quer dizer|isso quer dizer)(?: (?:isso|com isso))?|que quer dizer(?: isso)?"
            r"|quem (?:e|fala|esta falando|e voce)|(?:do|de) que se trata|opcoes|quais (?:sao )?(?:as "
            r")?(?:minhas )?opcoes|info|informacoes|pode explicar(?: melhor)?"
        ),
        "operator": re.compile(
            r"(?:(?:quero|preciso(?: de)?|queria|gostaria de|prefiro|chama) )?"
            r"(?:um |uma |o |a )?(?:atendente|operador|operadora|pessoa|pessoa (?:real|de verdade)|humano"
            r"|ser humano|agente|assistente humano|funcionario|funcionaria|representante"
            r"|recepcionista|responsavel)|(?:apoio|atendimento|servico) a[o]? cliente|sac|alguem (?:real|de verdade)"
        ),
        "skip": re.compile(
            r"(?:pular|pula|pule|saltar|salta|salte|passar|passa|passe|passo|vamos|ir|avancar|avance"
            r"|avanca|proxima|seguinte)(?: (?:a|para|pra|esta|essa|isto|isso|de|ess[ae]|est[ae]|frente))*"
            r"(?: (?:pergunta|proxima|seguinte|questao|a frente))*|(?:a )?(?:proxima|seguinte)(?: "
            r"(?:pergunta|questao))?|pergunta seguinte"
        ),
        "back": re.compile(
            r"(?:(?:quero|queria|posso|podemos|pode) )?(?:voltar|volta|volte|voltar atras|regressar"
            r"|anterior|retroceder)(?: (?:atras|para tras|pra tras|uma pergunta|(?:a|para a|pra)(?: "
            r"pergunta)?(?: anterior| de antes)?))?"
            r"|(?:a )?(?:pergunta )?anterior|desfazer"
        ),
        "stop": re.compile(
            r"nao quero (?:continuar|seguir|mais continuar)|"
            r"(?:(?:quero|queria|gostaria de) )?(?:parar|para|pare|sair|terminar|termina|termine|encerrar"
            r"|encerra|encerre|acabar|desligar|desliga|desligue|finalizar|cancelar a (?:chamada|ligacao"
            r"|pesquisa))"
            r"(?: (?:aqui|agora|ja|com isso|por aqui|(?:a|esta|essa) (?:ligacao|chamada|conversa"
            r"|entrevista|pesquisa)))*|stop|chega|basta|fim|tchau|adeus|(?:me )?deix[ae](?: me)? em paz"
        ),
        "hold": re.compile(
            r"(?:(?:deixa eu ver|deixe me ver|perai|pera ai|espera ai|espera|espere|aguarda|aguarde|pera|da me"
            r"|de me|me da|me de|so|da) )?(?:so )?(?:um|uma|1) "
            r"(?:momento|momentinho|minuto|minutinho|segundo|segundinho|instante|instantinho|tempinho)"
            r"|(?:espera|espere|aguarda|aguarde|pera) (?:so )?um (?:pouco|pouquinho|bocadinho)|momento|momentinho"
            r"|espera(?: ai)?|espere(?: ai)?|perai|pera|pera ai|aguarde|aguarda|ja volto|nao desligue"
        ),
    },
    meta_within={
        "repeat": re.compile(
            r"\b(?:(?:pode|podia|poderia|consegue|podes|da pra|da para) (?:me )?(?:repetir|voltar a "
            r"(?:dizer|perguntar)|dizer de novo|falar de novo)(?: (?:a pergunta|as opcoes|isso))?"
            r"|rep(?:ete|ita|itam|ete me) (?:a pergunta|as opcoes|isso|de novo|la)|repete por favor$"
            r"|repetir (?:a pergunta|as opcoes)|nao (?:te |o |a |lhe )?(?:ouvi|escutei|ouco|escuto)(?: "
            r"(?:bem|nada|direito))?$)"
        ),
        "slower": re.compile(r"\b(?:fal(?:ar|e|a)|ir) (?:um pouco |um pouquinho )?mais (?:devagar|lento|lentamente)\b"),
        "operator": re.compile(
            r"\b(?:(?:falar|falo|fala|conversar) com (?:um |uma |o |a |algum |alguma )?(?:pessoa|alguem"
            r"|atendente|operador|operadora|humano|ser humano|agente|gerente|responsavel|funcionario"
            r"|funcionaria"
            r"|representante|assistente|colega)|(?:me )?(?:passa|passe|transfere|transfira|transferir|liga"
            r"|ligue)(?: me)? (?:para|pra|com|a) (?:um |uma |o |a )?\w+|pessoa (?:de verdade|real))\b"
        ),
        "skip": re.compile(
            r"\b(?:pular|saltar|passar|avancar) (?:a |essa |esta |para a |pra )+(?:pergunta|proxima"
            r"|seguinte|questao)\b"
        ),
        "back": re.compile(r"\bvoltar (?:a |para a |pra |uma )+(?:pergunta|anterior)\b"),
        "stop": re.compile(
            r"\b(?:terminar|encerrar|acabar|desligar|finalizar) (?:a|esta|essa) (?:ligacao|chamada"
            r"|conversa|entrevista|pesquisa)\b"
        ),
        "hold": re.compile(
            r"^(?:espera|espere|aguarde|aguarda) (?:so )?um (?:momento|pouco|minuto|segundo|instante"
            r"|bocadinho|pouquinho)\b"
        ),
        "help": re.compile(r"\bnao (?:entendi|percebi|entendo|compreendi) (?:a pergunta|o que)\b"),
    },
    hedges=words("talvez acho creio penso provavelmente possivelmente calhar suponho imagino"),
    approximations=words(
        "uns umas cerca aproximadamente quase volta mais menos pelo minimo maximo tipo pouco tal ronda torno"
    ),
    zero=re.compile(r"\b(?:nem (?:um|uma)(?: so| sequer)?|nenhum|nenhuma|nada|ninguem|nao tenho|nao ha|nao temos)\b"),
    minus=words("menos negativo"),
    half=words("meio meia"),
    amounts={
        "duzia": 12,
        "dezena": 10,
        "par": 2,
        "casal": 2,
        "vintena": 20,
        "quinzena": 15,
        "centena": 100,
        "milhar": 1000,
    },
    multiples={"duzia": 12, "duzias": 12, "dezenas": 10, "pares": 2, "centenas": 100, "milhares": 1000},
    joints=words("e"),
    scales={
        "mil": 1000,
        "k": 1000,
        "milhao": 1_000_000,
        "milhoes": 1_000_000,
        "mi": 1_000_000,
        "bilhao": 1_000_000_000,
        "bilhoes": 1_000_000_000,
        "cem": 100,
    },
    of_total=re.compile(r"\s*(?:/|\bde\b|\bem\b|\bsobre\b|\bde um total de\b|\bdentre\b)\s*$"),
    not_numbers=words("uns umas"),
    pronoun=words(""),
    ordinal_frame=words(
        "opcao numero resposta letra alternativa o a os as quero queria prefiro escolho fico com no "
        "na de para eu seria pode ser e que vou acho"
    ),
    last=words("ultimo ultima final"),
    both=re.compile(
        r"(?:ambos|ambas|[oa]s (?:dois|duas|tres|quatro)|tod[oa]s(?: (?:eles|elas))?|tudo|tanto faz"
        r"|qualquer (?:um|uma)(?: d[oa]s (?:dois|duas|tres))?|qualquer)"
    ),
    neither=re.compile(
        r"(?:nenhum(?:a)?(?: d(?:eles|elas|estes|estas|esses|essas|os dois|as duas|as opcoes|as "
        r"anteriores))?|nada(?: disso)?|nem um nem outro|nem uma nem outra)"
    ),
    stopwords=words(
        "gosto agrada um uma uns umas o a os as lo de do da dos das em no na nos nas por para pra com e ou que se "
        "eu ele ela meu minha seu sua teu tua"
        " e sou esta ta estou foi ser pode quero queria prefiro gostaria tenho tem ha nao sim por "
        "favor obrigado obrigada acho creio mais menos muito"
        " como opcao numero isso isto esse essa este esta me te lhe sobre sem ja coisa vou"
    ),
    decimal=",",
    not_counted=re.compile(r"\b(?:por cento|(?:pelo|ao) menos|nem uma?)\b"),
    ordinal_suffix="o|a",
    spelled=lambda word: _SPELLED.get(word, word),
    declined=re.compile(
        r"\b(?:nao(?: (?:quero|obrigad[oa]|por favor|e|mesmo|serve))?$|nao (?:posso|da|consigo|vai dar"
        r"|me da jeito|e possivel|estou|serve)\b|nem pensar$|tambem nao$)"
    ),
    possessives=words("meu minha meus minhas nosso nossa"),
    between=words("entre"),
    conjunctions=words("e"),
    alternatives=words("ou"),
    articles=words("um uma"),
    counted=words(
        "pessoa crianca filho filha ano vez dia noite hora mes semana minuto adulto irmao irma "
        "cachorro gato carro bilhete ingresso bebe menino menina"
    ),
    number_frame=words("sao e era eram somos os as o a tenho"),
    below_zero=re.compile(r"(?:graus )?(?:abaixo de|negativos|abaixo do) ?(?:zero)?\b"),
    sounds=(
        (re.compile("ss|c(?=[ei])|z"), "s"),
        (re.compile("ch"), "x"),
        (re.compile("qu|k"), "c"),
        (re.compile("h"), ""),
        (re.compile(r"([^\W\d_])\1"), r"\1"),
    ),
    idioms=re.compile(
        r"\b(?:era uma vez|uma? d(?:os|as|ess[ea]s|est[ea]s|aquel[ea]s|eles|elas)|mil (?:desculpas"
        r"|perdoes|maravilhas|vezes)|de primeira|segunda mao|sete vidas|pintar o sete|quatro cantos"
        r"|de quatro|meia (?:boca|irma)|meio irmao)\b"
    ),
    open_ended=re.compile(
        r"\b(?:(?:mais|menos|maior|menor|superior|inferior) (?:de|do que|que|a)|(?:pelo|no|ao) (?:menos"
        r"|minimo|maximo)|(?:acima|abaixo) de|ate)(?: [oa]s)?\s*$"
    ),
    excepting=re.compile(r"\b(?:exceto|excepto|menos|salvo|tirando|que nao seja)(?: [oa]s?)?$"),
    reported=re.compile(
        r"\b(?:(?:meu|minha|seu|sua|o|a|nosso|nossa) \w+|eles?|elas?) (?:me )?(?:disse|diz|disseram|falou"
        r"|falaram|acha|acham)\b"
    ),
    unwilling=re.compile(r"(?:nao )?(?:prefiro|preferia|preferiria|melhor) (?:que )?nao|nao quero"),
    loose=words("poucos poucas tantos tantas quartos par dezena quinzena centena"),
)
