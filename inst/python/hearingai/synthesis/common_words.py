"""Common English words, of which some sound almost like any word that is listened for."""

_WORDS = """
able about above across act add again age ago air all allow alone along also always among and
animal answer any apple area arm around art ask at away baby back bad bag ball bank bar base
bath be bean bear beat beautiful bed bee been before begin behind bell best better between big
bill bird bit bite black blow blue boat body bone book born both bottle bottom bow box boy bread
break bring brother brown build burn bus busy but buy by cake call came camera can car card care
case cat catch cause cell chair chance change cheap cheese child choose church circle city class
clean clear clock close cloud coat coffee coin cold come cook cool copy corn corner cost could
count country course cover cow cross cup cut dad dance dark date day dead deal dear deep dinner
dirt do doctor dog door doubt draw dream dress drink drive drop dry duck dust each ear early
earth east easy eat edge egg eight end engine enough even evening ever every eye face fact fall
family far farm fast father fear feel feet few field fight fill film find fine finger fire first
fish five fix flag flat floor flower fly follow food foot for forest form found four free fresh
friend from front fruit full fun game garden gate gave get girl give glass goat gold gone good
got grass gray great green ground group grow guess gun guy hair half hall hand happy hard has
hat hate have he head hear heart heat heavy hello help her here high hill him his hit hold hole
home hope horse hot hour house how hundred hunt hurt ice idea if ill inch into iron is it job
join jump just keep key kid kill kind king kiss kitchen knee knew knife know lady lake lamp land
language large last late laugh law lay lead learn leave leg less let letter lie life lift light
like line lion list listen little live load lock long look lose lost lot loud love low luck lunch
machine made mail main make man many map mark market may me meal mean meat meet men milk mind
mine minute miss money month moon more morning most mother mountain mouse mouth move much music
must my name near neck need never new news next nice night nine noise none nor north nose not
note nothing now number nurse ocean oil old once one only open or orange order other our out over
own page pain paint pair paper park part pass past pay pen people pepper perhaps phone piano
picture piece pig pin place plan plane plant play please plus point poor pop pot power present
press pretty price print pull push put queen question quick quiet race radio rain ran rat reach
read ready real red rest rice rich ride ring rise river road rock roll roof room rope round row
rule run sad safe said sail salt same sand sat save saw say school sea seat second see seed sell
send seven shall shape she sheep ship shirt shoe shop short should shout show shut sick side sign
silver sing sister sit six size skin sky sleep slow small smile snow so soap soft some song soon
sorry sound soup south speak spell spend spoon spring stand star start stay steel step still
stone store storm story street strong sugar sun sure sweet swim table tail take talk tall tea
teach team tell ten test than thank that the then there they thick thin thing think third this
three through throw time tired to today together told tomorrow too took tool tooth top touch town
toy track train tree trip true try turn twelve two type uncle under until us use very view
village visit voice wait walk wall want war warm was wash watch water way we weak wear weather
week well went were west wet what wheel when where which white who why wide wife wild will win
wind window winter wish with woman wonder wood word work world worry would write wrong yard year
yellow yesterday yet you young your zero
"""
COMMON = tuple(_WORDS.split())
