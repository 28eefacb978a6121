/* SPDX-License-Identifier: MIT */
/* The table of languages. The words are the commonest of each language: articles, pronouns,
 * prepositions, conjunctions, forms of "be" and "have". They are an eighth to a half of
 * every text, whatever it is about, while names, terms and program code hold hardly any of them. */
#include "src/text/languages.h"

#include <stdint.h>
#include <string.h>

#include "src/base/string.h"

const struct tj_known_language tj_languages[TJ_N_LANGUAGES] = {
	{ "en", " eng ", "English", TJ_SCRIPT_LATIN, 45,
	  " the of and to in that is was it for with as his on be at by he this had not are"
	  " but from or have an they which you were her all she there would their we him been"
	  " has when who will more no if out so said what up its about into than them can only"
	  " other do some could my then these two may like any now your very did such over"
	  " must through after how also our me " },
	{ "es", " spa ", "Spanish", TJ_SCRIPT_LATIN, 42,
	  " de la que el en los se del las un por con no una su para es al lo como más pero"
	  " sus le ya este sí porque esta entre cuando muy sin sobre también me hasta hay"
	  " donde quien desde todo nos durante todos uno les ni contra otros ese eso ante"
	  " ellos esto mí antes algunos qué unos yo otro otras otra él tanto esa estos mucho"
	  " nada muchos cual poco ella estas fue era son ha había ser puede si está tiene te"
	  " tu " },
	{ "de", " deu ger ", "German", TJ_SCRIPT_LATIN, 40,
	  " der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als"
	  " auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie"
	  " einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein"
	  " wurde ich wir ihr ihre kann wenn was schon doch " },
	{ "fr", " fra fre ", "French", TJ_SCRIPT_LATIN, 40,
	  " de la le et les des en un du une que est pour qui dans par plus pas au sur ne se"
	  " ce il sont aux avec son cette ou ses mais comme on tout nous sa fait été aussi"
	  " leur bien peut ces deux elle si ils vous être même où entre sans après je avait"
	  " était lui tu mon très donc quand " },
	{ "it", " ita ", "Italian", TJ_SCRIPT_LATIN, 33,
	  " di che la il un una in per non del le si da con sono dei della come al lo più nel"
	  " ha gli anche alla ma delle se ad questo dal nella ed cui loro era sua suo io"
	  " essere tra mi ci ti stato sul hanno degli fa due questa perché quando molto prima"
	  " dopo ancora tutti tutto ai dalla nei " },
	{ "pt", " por ", "Portuguese", TJ_SCRIPT_LATIN, 35,
	  " de que do da em um para com não uma os no se na por mais as dos como mas ao ele"
	  " das seu sua ou ser quando muito nos já eu também só pelo pela até isso ela entre"
	  " era depois sem mesmo aos ter seus quem nas me esse eles está você tinha foram essa"
	  " num nem suas meu às minha têm numa pelos havia seja qual será nós lhe são foi há " },
	{ "ca", " cat ", "Catalan", TJ_SCRIPT_LATIN, 38,
	  " de la el que en els les un per una del amb és no es al dels se va com més ha ser"
	  " però són ja aquest si seva seu fer també quan entre molt on sobre tot aquesta hi"
	  " pel ni fins dos li tots ens havia estat cap perquè " },
	{ "nl", " nld dut ", "Dutch", TJ_SCRIPT_LATIN, 37,
	  " de van het een en in is dat op te zijn met die niet voor er aan ook als om dan"
	  " maar door bij ik naar uit wordt nog je zij worden over heeft wat ze werd hij had"
	  " hebben tot of deze dit onder geen meer wel kan we na zich haar hun kunnen moet " },
	{ "sv", " swe ", "Swedish", TJ_SCRIPT_LATIN, 28,
	  " och att det som en på är av för med den till har de inte om ett men var jag sig"
	  " från vi så kan han hade när eller nu vid man skulle över där efter ut vad ska upp"
	  " mot även också ha alla dig mig bara sin " },
	{ "da", " dan ", "Danish", TJ_SCRIPT_LATIN, 30,
	  " og at det er en til af på for den med de som der ikke jeg har var et kan men han"
	  " om vi sig fra så eller du havde skal hun ved nu over når mig også blev efter hvad"
	  " være denne ud hvor bare deres " },
	{ "nb", " nob no nor ", "Norwegian", TJ_SCRIPT_LATIN, 30,
	  " og det er en til av på for den med de som at ikke jeg har var et kan men han om vi"
	  " seg fra så eller du hadde skal hun ved nå over når meg også ble etter hva være"
	  " denne ut hvor bare deres " },
	{ "fi", " fin ", "Finnish", TJ_SCRIPT_LATIN, 12,
	  " ja on ei että se hän oli mutta ovat kun niin myös joka tai kuin voi olla mitä jos"
	  " minä sen ole hänen ollut siitä sitä vain nyt mukaan sekä jotka ennen jälkeen"
	  " sitten tämä tämän kanssa kaikki mikä " },
	{ "pl", " pol ", "Polish", TJ_SCRIPT_LATIN, 17,
	  " nie się na jest że do to jak za od po co tak przez ale dla czy tym jego przed ich"
	  " już być był było tylko są ma może które który która jej oraz gdy bez go lub ze też"
	  " bardzo mnie przy jako sobie " },
	{ "cs", " ces cze ", "Czech", TJ_SCRIPT_LATIN, 15,
	  " se na je že to do jako ale by si za pro od tak jsem po ve jeho který jsou byl aby"
	  " také nebo která jen již které jak být bylo až při má co když než ze jsme bude mezi"
	  " více podle " },
	{ "sk", " slk slo ", "Slovak", TJ_SCRIPT_LATIN, 15,
	  " sa na je že to do ako ale by si za pre od tak som po vo jeho ktorý sú bol aby tiež"
	  " alebo ktorá len už ktoré byť bolo až pri má čo keď než zo sme bude medzi viac"
	  " podľa " },
	{ "hu", " hun ", "Hungarian", TJ_SCRIPT_LATIN, 14,
	  " az és hogy nem is egy ez volt de meg csak már mint ha van el még ki azt mert vagy"
	  " fel minden kell lehet ami amely sem aki után nagy lesz én be között így mely más"
	  " itt ezt " },
	{ "ro", " ron rum ", "Romanian", TJ_SCRIPT_LATIN, 25,
	  " de și în la cu că pe nu un din să se pentru care ce este mai au fost sunt ca dar"
	  " prin după lui sau fi fără când ai era cum această acest pot doar între toate lor"
	  " mi își " },
	{ "tr", " tur ", "Turkish", TJ_SCRIPT_LATIN, 13,
	  " ve bir bu için da de ile ne çok daha gibi olarak en olan kadar ama sonra var ki ya"
	  " olduğu değil her şey mi ben sen onun göre ise oldu diye bana " },
	{ "id", " ind ", "Indonesian", TJ_SCRIPT_LATIN, 24,
	  " yang dan di ini itu dengan untuk tidak dari dalam akan pada juga ke karena saya"
	  " ada mereka oleh bisa kami lebih sudah atau dapat kita telah adalah hanya seperti"
	  " kepada tersebut bahwa orang saat anda dia " },
	{ "hr", " hrv ", "Croatian", TJ_SCRIPT_LATIN, 18,
	  " je se na da za su od ne koji što kao to ali ili bi samo bio nije sam iz po smo"
	  " kako koja sve ako ga kad nego već te biti bila prije može " },
	/* Of languages that share a script, the first one stands for all. */
	{ "und-Cyrl", " ", "a language in Cyrillic letters", TJ_SCRIPT_CYRILLIC, 0, NULL },
	{ "bg", " bul ", "Bulgarian", TJ_SCRIPT_CYRILLIC, 0, NULL },
	{ "ru", " rus ", "Russian", TJ_SCRIPT_CYRILLIC, 0, NULL },
	{ "uk", " ukr ", "Ukrainian", TJ_SCRIPT_CYRILLIC, 0, NULL },
	{ "und-Arab", " ", "a language in Arabic letters", TJ_SCRIPT_ARABIC, 0, NULL },
	{ "ar", " ara ", "Arabic", TJ_SCRIPT_ARABIC, 0, NULL },
	{ "fa", " fas per ", "Persian", TJ_SCRIPT_ARABIC, 0, NULL },
	{ "ur", " urd ", "Urdu", TJ_SCRIPT_ARABIC, 0, NULL },
	{ "und-Deva", " ", "a language in Devanagari letters", TJ_SCRIPT_DEVANAGARI, 0, NULL },
	{ "hi", " hin ", "Hindi", TJ_SCRIPT_DEVANAGARI, 0, NULL },
	{ "el", " ell gre ", "Greek", TJ_SCRIPT_GREEK, 0, NULL },
	{ "zh", " zho chi ", "Chinese", TJ_SCRIPT_HAN, 0, NULL },
	{ "ja", " jpn ", "Japanese", TJ_SCRIPT_KANA, 0, NULL },
	{ "ko", " kor ", "Korean", TJ_SCRIPT_HANGUL, 0, NULL },
	{ "he", " heb ", "Hebrew", TJ_SCRIPT_HEBREW, 0, NULL },
	{ "th", " tha ", "Thai", TJ_SCRIPT_THAI, 0, NULL },
};

/* Returns the length of a code's language: 2 for "pt-BR". */
static size_t primary(const char *code)
{
	return strcspn(code, "-_@.");
}

static int is_named(const struct tj_known_language *l, const char *code, size_t n)
{
	if (tj_same_letters(l->code, code, SIZE_MAX) ||
	    (strlen(l->code) == n && tj_same_letters(l->code, code, n)))
		return 1;
	for (const char *at = l->aliases; at[1] != '\0'; at = strchr(at + 1, ' ')) {
		if (tj_same_letters(at + 1, code, n) && at[1 + n] == ' ')
			return 1;
	}
	return 0;
}

int tj_language_find(const char *code)
{
	size_t n = primary(code);
	for (int i = 0; n > 0 && i < TJ_N_LANGUAGES; i++)
		if (is_named(&tj_languages[i], code, n))
			return i;
	return -1;
}

int tj_language_of_script(enum tj_script script)
{
	for (int i = 0; i < TJ_N_LANGUAGES; i++)
		if (tj_languages[i].script == script && tj_languages[i].words == NULL)
			return i;
	return -1;
}
