package dev.brew.delivery.cli;

import dev.brew.delivery.load.Arrivals;
import dev.brew.delivery.path.PathKind;
import dev.brew.delivery.recipient.DelayModel;
import dev.brew.delivery.recipient.FailureModel;
import dev.brew.delivery.recipient.Recipient;
import dev.brew.delivery.results.OutputFile;
import dev.brew.delivery.sweep.SweepCase;
import dev.brew.delivery.text.HostPort;
import java.nio.file.Path;
import dev.brew.delivery.text.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Option values as types. The message of a value that does not fit comes from its grammar. */
final class Converters {

    private Converters() {
    }

    private static <T> T read(String text, Function<String, T> grammar) {
        try {
            return grammar.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** A kind of path. */
    static final class Kind implements ITypeConverter<PathKind> {
        @Override
        public PathKind convert(String text) {
            return read(text, PathKind::parse);
        }
    }

    /** A kind of path with a transport. */
    static final class Transport implements ITypeConverter<PathKind> {
        @Override
        public PathKind convert(String text) {
            return PathKind.WITH_TRANSPORT.stream().filter(kind -> kind.toString().equals(text)).findFirst()
                    .orElseThrow(() -> new TypeConversionException("must be any of " + PathKind.WITH_TRANSPORT.stream()
                            .map(PathKind::toString).collect(Collectors.joining(", ")) + ", got '" + text + "'"));
        }
    }

    /** An arrival process. */
    static final class ArrivalProcess implements ITypeConverter<Arrivals.Process> {
        @Override
        public Arrivals.Process convert(String text) {
            return read(text, Arrivals.Process::parse);
        }
    }

    /** A rate in events/s, or a share of the edge. */
    static final class RateOrShare implements ITypeConverter<SweepCase.At> {
        @Override
        public SweepCase.At convert(String text) {
            return read(text, SweepCase.At::parse);
        }
    }

    /** A delay. */
    static final class Delay implements ITypeConverter<DelayModel> {
        @Override
        public DelayModel convert(String text) {
            return read(text, DelayModel::parse);
        }
    }

    /** An address. */
    static final class Address implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            return read(text, HostPort::parse);
        }
    }

    /** A failure and its share. */
    static final class Failure implements ITypeConverter<FailureModel> {
        @Override
        public FailureModel convert(String text) {
            return read(text, FailureModel::parse);
        }
    }

    /** A duration above zero. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration duration = read(text, DelayModel::duration);
            if (duration.isZero()) {
                throw new TypeConversionException("must be above 0, got '" + text + "'");
            }
            return duration;
        }
    }

    /** A duration in whole seconds, minutes or hours. */
    static final class Budget implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return read(text, Durations::budget);
        }
    }

    /** A share: {@code 5%} or {@code 0.05}. */
    static final class Share implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            if (!text.matches("\\d{1,4}(\\.\\d{1,6})?%?")) {
                throw new TypeConversionException("must be a share such as 5%, got '" + text + "'");
            }
            return text.endsWith("%") ? Double.parseDouble(text.substring(0, text.length() - 1)) / 100
                    : Double.parseDouble(text);
        }
    }

    /** A whole number, 1 or more. */
    static final class Count implements ITypeConverter<Integer> {
        private static final int MAX = 10_000_000;

        @Override
        public Integer convert(String text) {
            if (!text.matches("\\d{1,8}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX) {
                throw new TypeConversionException("must be 1.." + MAX + ", got '" + text + "'");
            }
            return Integer.valueOf(text);
        }
    }

    /** A port, or 0. */
    static final class Port implements ITypeConverter<Integer> {
        private static final int MAX = 65_535;

        @Override
        public Integer convert(String text) {
            if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > MAX) {
                throw new TypeConversionException("not a port: '" + text + "'");
            }
            return Integer.valueOf(text);
        }
    }

    /** A file to write at the end of the work; checked before it begins. */
    static final class Output implements ITypeConverter<Path> {
        @Override
        public Path convert(String text) {
            Path file = Path.of(text);
            Optional<String> obstacle = text.isEmpty() ? Optional.of("it names no file") : OutputFile.obstacle(file);
            if (obstacle.isPresent()) {
                throw new TypeConversionException("cannot be written: '" + text + "': " + obstacle.get());
            }
            return file;
        }
    }

    /** A number of recipients. */
    static final class Recipients implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("\\d{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > Recipient.MAX) {
                throw new TypeConversionException("must be 1.." + Recipient.MAX + ", got '" + text + "'");
            }
            return Integer.valueOf(text);
        }
    }

    /** The name of a topic or a group, with the characters that Kafka allows in a topic's name. */
    static final class Name implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!text.matches("[A-Za-z0-9._-]{1,249}") || text.equals(".") || text.equals("..")) {
                throw new TypeConversionException("must be 1..249 letters, digits, '.', '_' or '-', got '" + text
                        + "'");
            }
            return text;
        }
    }
}
