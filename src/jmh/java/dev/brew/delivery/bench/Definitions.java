package dev.brew.delivery.bench;

import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The properties of a trial: the JVM's system properties, overridden by the {@code -Ddelivery.NAME=VALUE} arguments
 * that JMH received for its forks. In a fork both are the same. Without a fork ({@code -f 0}) JMH does not apply these
 * arguments, so this class passes them to the measured code.
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
