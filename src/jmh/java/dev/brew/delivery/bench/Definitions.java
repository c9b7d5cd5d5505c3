package dev.brew.delivery.bench;

import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The properties of a trial: those of its JVM and, above them, the {@code -Ddelivery.NAME=VALUE} that JMH was given for its
 * fork. In a fork both are the same. Without one ({@code -f 0}) JMH applies no arguments, and only this way do they reach
 * the code that is measured.
 */
final class Definitions {

    private static final Pattern DEFINITION = Pattern.compile("-D(delivery\\.[^=]+)=(.*)");

    private Definitions() {
    }

    static Properties of(Properties system, List<String> jvmArguments) {
        Properties all = new Properties();
        all.putAll(system);
        for (String argument : jvmArguments) {
            Matcher definition = DEFINITION.matcher(argument);
            if (definition.matches()) {
                all.setProperty(definition.group(1), definition.group(2));
            }
        }
        return all;
    }
}
