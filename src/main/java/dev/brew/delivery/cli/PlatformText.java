package dev.brew.delivery.cli;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * Whether the JVM could read what it was given. Under LC_ALL=C it reads a name that is not ASCII as something else, for
 * which there is no file; the JDK itself then fails here and there. It cannot be told otherwise once it runs.
 */
final class PlatformText {

    private static final char UNREADABLE = '\uFFFD';

    private PlatformText() {
    }

    /** Why arguments, working directory or properties cannot be used, in a line; empty if they can. */
    static Optional<String> problem(List<String> arguments, Properties system, Map<String, String> environment) {
        String encoding = system.getProperty("sun.jnu.encoding", "UTF-8");
        Charset charset = Charset.isSupported(encoding) ? Charset.forName(encoding) : Charset.defaultCharset();
        Optional<String> found = unreadable("the working directory ", system.getProperty("user.dir"), charset)
                .or(() -> arguments.stream().flatMap(one -> unreadable("", one, charset).stream()).findFirst())
                .or(() -> system.stringPropertyNames().stream().sorted()
                        .filter(name -> name.startsWith("delivery.") || name.equals("java.io.tmpdir"))
                        .flatMap(name -> unreadable("-D" + name + "=", system.getProperty(name), charset).stream()).findFirst());
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
