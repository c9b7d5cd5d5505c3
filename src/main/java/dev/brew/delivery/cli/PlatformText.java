package dev.brew.delivery.cli;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Checks whether the JVM can read its arguments. Under LC_ALL=C it decodes names that are not ASCII wrongly, so their files
 * do not exist and the JDK fails in several places. A running JVM cannot change its encoding.
 */
final class PlatformText {

    private static final char UNREADABLE = '\uFFFD';

    private PlatformText() {
    }

    /** The reason why arguments, working directory or properties cannot be read, in one line; empty if they can. */
    static Optional<String> problem(List<String> arguments, Properties system, Map<String, String> environment) {
        String encoding = system.getProperty("sun.jnu.encoding", "UTF-8");
        Charset charset = Charset.isSupported(encoding) ? Charset.forName(encoding) : Charset.defaultCharset();
        Optional<String> found = unreadable("the working directory ", system.getProperty("user.dir"), charset)
                .or(() -> arguments.stream().flatMap(argument -> unreadable("", argument, charset).stream()).findFirst())
                .or(() -> system.stringPropertyNames().stream().sorted()
                        .filter(name -> name.startsWith("delivery.") || name.equals("java.io.tmpdir"))
                        .flatMap(name -> unreadable("-D" + name + "=", system.getProperty(name), charset).stream())
                        .findFirst());
        return found.map(what -> what + " cannot be read as " + encoding + ", which is what the locale says ("
                + locale(environment) + "): set LC_ALL to a locale that spells it, such as C.UTF-8");
    }

    private static Optional<String> unreadable(String what, String text, Charset charset) {
        boolean readable = text.indexOf(UNREADABLE) < 0 && charset.newEncoder().canEncode(text);
        return readable ? Optional.empty() : Optional.of(what + "'" + text.replace(UNREADABLE, '?') + "'");
    }

    private static String locale(Map<String, String> environment) {
        return List.of("LC_ALL", "LC_CTYPE", "LANG").stream().filter(name -> !environment.getOrDefault(name, "").isEmpty())
                .findFirst().map(name -> name + "=" + environment.get(name)).orElse("neither LC_ALL nor LANG is set");
    }
}
