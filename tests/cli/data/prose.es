El transbordador llegó tarde aquella mañana y nadie en el muelle sabía por qué.
Un viejo con una cesta de huevos dijo que el motor se había averiado otra vez.
Nos sentamos sobre las maletas y miramos el agua gris.
Mi hermana había traído pan, pero no quería repartirlo antes del mediodía.
Entonces sonó un silbato detrás de la isla y todos nos levantamos a la vez.
El capitán nos contó que había esperado a un médico que nunca llegó.
No había asientos para todos, así que algunos niños subieron al techo.
Yo veía la iglesia donde se casaron mis padres y, más abajo, el molino.
Cuando cambió el viento, la cubierta se quedó fría y casi todos entraron.
Ella me preguntó si pensaba quedarme todo el invierno o solo una semana.
Era una pregunta que yo mismo me hacía desde la primavera.
Si la casa está seca, quizá me quede; si no lo está, tendré que irme.
Han construido una escuela nueva al lado de la oficina de correos.
Sus ventanas son grandes y la luz de las aulas es mejor que en las nuestras.
¿Te acuerdas del maestro que nos dejaba dibujar mapas de las estrellas?
Ya tiene más de ochenta años y todavía camina hasta el puerto cada día.
Su miel se vende en el mercado, entre el pescado y las flores.
La lluvia se ha llevado el camino que sube a la granja.
Dejamos el carro junto al puente y lo llevamos todo a la espalda.
Lo que nos pareció un zorro resultó ser el perro de los vecinos.
Nos siguió durante una hora y no quiso volver a su casa.
En la cocina había una carta debajo de la lámpara, pero nadie la había firmado.
«Llevaos lo que os haga falta y cerrad la puerta al salir», decía.
Mi hermana se rio, porque conocía esa letra desde sus años de colegio.
Después de cenar hicimos fuego y hablamos de la gente que había vivido allí.
Unos se habían hecho a la mar y otros solo se mudaron al valle de al lado.
El reloj de la pared se había parado a las cuatro menos diez.
Nadie le había dado cuerda desde que murió nuestra abuela.
Encontré la llave en una taza y el reloj echó a andar como si nada.
Fuera, la nieve había empezado a caer sobre los manzanos.
Al día siguiente era tan alta que no pudimos abrir la verja.
Abrimos un sendero hasta el pozo con una pala y una bandeja vieja.
Así fue como aprendí a querer el silencio de aquel lugar.
Ahora escribo por la mañana y arreglo los muros hasta que se hace de noche.
Tenéis que venir a vernos antes de que los árboles echen hojas.
El transbordador sale a las siete, o cuando el motor quiera arrancar.
Quien lo pierda puede dormir en el molino, donde siempre hay una cama.
Traed ropa de abrigo, una lámpara y algo que leer a los niños.
Les gustan los cuentos en los que hablan los animales y nadie tiene prisa.
No tenemos teléfono, así que mandad una postal en cuanto sepáis el día.
Hasta entonces mantendré limpio el sendero y encendido el fuego.
