// What java.util.Properties makes of each file named: FILE, then key and value of each property in base 64, then an empty line.
import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Properties;
import java.util.TreeMap;

class Main {
    // Half a pair of surrogates is no character.
    static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 0xFFFD : c));
        return Base64.getEncoder().encodeToString(out.toString().getBytes(StandardCharsets.UTF_8));
    }

    public static void main(String[] files) throws Exception {
        StringBuilder out = new StringBuilder();
        for (String file : files) {
            out.append(file).append('\n');
            Properties properties = new Properties();
            try (FileInputStream in = new FileInputStream(file)) {
                properties.load(in);
                for (var one : new TreeMap<Object, Object>(properties).entrySet())
                    out.append(encoded((String) one.getKey())).append(' ').append(encoded((String) one.getValue())).append('\n');
            } catch (IllegalArgumentException e) {
                out.append("refused\n");
            }
            out.append('\n');
        }
        System.out.print(out);
    }
}
