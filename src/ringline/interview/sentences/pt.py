"""Portuguese."""

from __future__ import annotations

import re

from ringline.interview.sentences.sentences import Sentences

SENTENCES = Sentences(
    recording="Esta chamada está sendo gravada.",
    goodbye="Muito obrigado. Até logo.",
    resumed="Desculpe, a ligação caiu. Vamos continuar de onde estávamos.",
    too_long="Infelizmente o nosso tempo acabou.",
    not_heard=("Não ouvi nada.", "Continuo sem ouvir você.", "Ainda não chega nenhum som aqui."),
    not_understood=("Desculpe, não entendi.", "Ainda não consegui entender.", "Assim também não deu."),
    out_of_range=("Desculpe, isso não é possível aqui.", "Isso também não serve.", "Não posso aceitar essa resposta."),
    which=("Quer dizer {first} ou {second}?", "Qual dos dois: {first} ou {second}?", "{first}, ou {second}?"),
    rejected=("Desculpe, foi erro meu.", "Então entendi errado outra vez.", "Então vamos tentar de novo."),
    question_was="A pergunta era: {question}",
    attempt="Esta é a tentativa número {n}.",
    again=("Claro. {question}", "Aqui vai outra vez. {question}", "Com prazer, mais uma vez. {question}"),
    slower=("Vou mais devagar. {question}", "Devagar, então. {question}", "Passo a passo. {question}"),
    short={
        "text": "Diga com as suas próprias palavras, por favor.",
        "number": "Diga um número{range}, por favor.",
        "yes_no": "Diga sim ou não, por favor.",
        "multiple_choice": "Pode escolher {choices}.",
        "date": "Diga o dia, por favor.",
        "time": "Diga a hora, por favor.",
        "duration": "Diga quanto tempo, por favor.",
        "phone": "Diga o número de telefone, dígito por dígito.",
        "email": "Diga o endereço de e-mail, por favor.",
        "digits": "Diga os dígitos um por um.",
    },
    example={
        "text": "Bastam algumas palavras.",
        "number": "Por exemplo: {example}.",
        "yes_no": "Basta uma palavra: sim, ou não.",
        "multiple_choice": "Por exemplo: {example}.",
        "date": "Por exemplo: três de maio.",
        "time": "Por exemplo: quatro e meia da tarde.",
        "duration": "Por exemplo: duas horas e meia.",
        "phone": "Comece pelo código da área, por exemplo: um um, nove oito sete.",
        "email": "Por exemplo: ana arroba exemplo ponto com.",
        "digits": "Por exemplo: quatro, zero, sete.",
    },
    keys={
        "number": "Pode digitar o número no teclado e apertar a tecla jogo da velha.",
        "yes_no": "No teclado, 1 é sim e 2 é não.",
        "multiple_choice": "No teclado: {keys}.",
        "phone": "Pode digitar o número no teclado e apertar a tecla jogo da velha.",
        "digits": "Pode digitar os dígitos no teclado e apertar a tecla jogo da velha.",
    },
    only_keys="Daqui em diante só o teclado, por favor: {how}.",
    type_in="digite o número e depois a tecla jogo da velha",
    key_is="{key} para {label}",
    parts="Vamos por partes: fale devagar, algumas palavras de cada vez.",
    is_it="É {label}? Diga sim ou não, por favor.",
    first_digits="Diga só os três primeiros dígitos.",
    more_digits="{heard}. E os seguintes? Diga “pronto” quando for tudo.",
    which_day="Primeiro só o dia do mês, em número.",
    which_month="E qual é o mês?",
    which_year="E qual é o ano?",
    before_at="Primeiro só o que vem antes da arroba.",
    after_at="E o que vem depois da arroba?",
    key_for="aperte {key} para {label}",
    reply_with="responda {key} para {label}",
    between=" de {low} a {high}",
    at_least=" de pelo menos {low}",
    at_most=" de no máximo {high}",
    yes="sim",
    no="não",
    unsure="não sei",
    or_="ou",
    confirm=("Entendi {value}. Está certo?", "Você disse {value}?", "Então é {value}, não é?"),
    confirm_ending="A resposta que tenho termina em {last}. Está certo?",
    confirm_hidden="Tenho a sua resposta. Posso guardar?",
    yes_or_no="Diga sim ou não, por favor: é {value}?",
    implied="{value}, então.",
    star="asterisco",
    hash="jogo da velha",
    repeat_key="aperte {key} para ouvir a pergunta outra vez",
    skip_key="aperte {key} para pular",
    operator_key="aperte {key} para falar com uma pessoa",
    back_key="aperte {key} para voltar",
    no_operator="Não há ninguém com quem eu possa conectar você.",
    no_back="Esta é a primeira pergunta.",
    no_skip="Esta eu não posso pular.",
    hold=("Fique à vontade. Fale quando quiser.", "Sem pressa, eu espero.", "Continuo aqui."),
    transferring="Um momento, vou transferir você.",
    transfer_failed="Ninguém pôde atender. Vamos continuar aqui.",
    written_transfer="Uma pessoa vai entrar em contato com você.",
    change="Para mudar uma resposta anterior, diga “voltar”.",
    screened="Esta é uma chamada automática com algumas perguntas.",
    stop_calling="Entendido. Não vamos ligar de novo. Até logo.",
    reminder="Ainda esperamos a sua resposta. {question}",
    machine=re.compile(
        r"deixe (?:a sua|sua|o seu|seu|uma|um) (?:mensagem|recado)|apos o (?:sinal|bip|tom)|caixa postal|correio de voz"
        r"|secretaria eletronica|nao (?:esta|estou) disponivel|grave (?:a sua|sua) mensagem"
    ),
    screening=re.compile(
        r"quem (?:fala|esta (?:falando|ligando|a falar)|e que fala|liga)|da parte de quem|diga (?:o )?seu nome"
        r"|informe (?:o )?seu nome|grave (?:o )?seu nome|seu nome e (?:o )?motivo"
        r"|motivo d[ao] (?:sua )?(?:ligacao|chamada)|por que (?:esta ligando|ligou)|filtro de chamadas"
    ),
    on_hold=re.compile(
        r"\b(?:um (?:momento|instante|segundo|minuto)|aguarde|nao desligue|vou (?:passar|chamar)|espere)\b"
    ),
    foreign=re.compile(r"\bnao (?:falo|entendo|compreendo|sei falar)\b"),
    earlier=re.compile(
        r"\b(?:disse|falei|queria|mudar|corrigir)\b.{0,40}\b(?:primeira|segunda|anterior|ultima"
        r"|outra)(?: (?:pergunta|resposta))?$|\b(?:primeira|ultima) (?:pergunta|resposta)\b|\b(?:pergunta"
        r"|resposta) anterior\b"
    ),
    took_back=re.compile(
        r"^(?:(?:nao|espere|espera|desculpe|desculpa|ah|oh) )+(?:eu )?(?:disse|falei|queria dizer"
        r"|quis dizer)\b"
    ),
    done=re.compile(r"^(?:pronto|pronta|terminei|acabou)$|^(?:isso )?(?:e|era) (?:so|tudo)$|^e so isso$|^nada mais$"),
    do_not_call=re.compile(
        r"\b(?:parem?|deixem?) de (?:me |nos )?ligar\b|\bnao (?:me |nos )liguem? (?:mais|de novo|nunca mais)\b"
        r"|\b(?:me |nos )?(?:tirem?|removam?|retirem?) (?:me |nos |(?:o )?meu numero )?d(?:a|essa)(?: sua)? lista\b"
    ),
)
