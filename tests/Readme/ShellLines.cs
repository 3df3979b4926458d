using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Agency.Tests.Readme;

/// <summary>
/// Sends the README's shell lines as they stand, without a shell: assignments, curl with -s -X -H -d --data-binary, a jq
/// path or one select, and date. Anything else in a line is an error, so that no line is passed over in silence.
/// </summary>
internal sealed partial class ShellLines(HttpClient http, DateTimeOffset now)
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    /// <summary>The statements of a block: a line, or several where a quote spans them. Comments and blank lines are left out.</summary>
    public static IEnumerable<string> StatementsOf(string block)
    {
        var statement = new StringBuilder();
        foreach (var line in block.Split('\n'))
        {
            if (statement.Length == 0 && (line.Length == 0 || line[0] == '#'))
            {
                continue;
            }

            statement.Append(statement.Length == 0 ? "" : "\n").Append(line);
            if (statement.ToString().Count(c => c == '\'') % 2 == 0)
            {
                yield return statement.ToString();
                statement.Clear();
            }
        }
    }

    /// <summary>Runs one statement.</summary>
    /// <returns>The answer to its call; null for a plain assignment.</returns>
    public async Task<(int Status, JsonNode? Body)?> RunAsync(string statement)
    {
        var assignment = Assignment().Match(statement);
        if (!assignment.Success)
        {
            return await CurlAsync(statement);
        }

        var (name, value) = (assignment.Groups["name"].Value, assignment.Groups["value"].Value);
        if (!value.StartsWith("$(curl ", StringComparison.Ordinal))
        {
            variables[name] = value;
            return null;
        }

        var pipe = value.LastIndexOf(" | jq -r ", StringComparison.Ordinal);
        var answer = await CurlAsync(value[2..pipe]);
        variables[name] = Jq(answer.Body, value[(pipe + " | jq -r ".Length)..^1].Trim('\''))
            ?? throw new InvalidOperationException($"{statement}\ngave {answer.Status} {answer.Body}");
        return answer;
    }

    private async Task<(int Status, JsonNode? Body)> CurlAsync(string command)
    {
        var words = Words(command);
        string? url = null, body = null, method = null;
        var headers = new List<(string Name, string Value)>();
        var form = new List<string>();
        for (var i = 1; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "-s": break;
                case "-X": method = words[++i]; break;
                case "-H": headers.Add((words[i + 1].Split(": ")[0], words[++i].Split(": ")[1])); break;
                case "-d": form.Add(words[++i]); break;
                case "--data-binary": body = words[++i]; break;
                case var word when url is null && word.StartsWith("http", StringComparison.Ordinal): url = word; break;
                case var word: throw new InvalidOperationException($"The README's '{word}' is not understood in: {command}");
            }
        }

        body ??= form.Count > 0 ? string.Join('&', form) : null;
        using var request = new HttpRequestMessage(method is null ? body is null ? HttpMethod.Get : HttpMethod.Post : new HttpMethod(method), url);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = new MediaTypeHeaderValue(value);
            }
            else
            {
                request.Headers.Add(name, value);
            }
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private List<string> Words(string command)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var quote = '\0';
        var open = false;
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (quote == '\0' && c == ' ')
            {
                if (open)
                {
                    words.Add(word.ToString());
                }

                (open, _) = (false, word.Clear());
            }
            else if (c is '\'' or '"' && (quote == '\0' || quote == c))
            {
                (quote, open) = (quote == '\0' ? c : '\0', true);
            }
            else if (c == '$' && quote != '\'')
            {
                var expansion = Expansion().Match(command, i);
                word.Append(Expand(expansion));
                (i, open) = (i + expansion.Length - 1, true);
            }
            else
            {
                word.Append(c);
                open = true;
            }
        }

        if (open)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private string Expand(Match expansion) => expansion switch
    {
        { Success: false } => throw new InvalidOperationException("The README expands something that is not understood."),
        { Value: "$(TZ=Asia/Shanghai date +%Y-%m-%d)" } => TimeZoneInfo.ConvertTimeBySystemTimeZoneId(now, "Asia/Shanghai").ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        { Value: "$(date -u +%Y-%m-%dT%H:%M:%SZ)" } => now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        _ => variables[expansion.Groups[1].Value],
    };

    private static string? Jq(JsonNode? body, string expression)
    {
        var select = Select().Match(expression);
        if (!select.Success)
        {
            return At(body, expression)?.GetValue<string>();
        }

        var item = body?["items"]?.AsArray().Single(node => At(node, select.Groups[1].Value)?.GetValue<string>() == select.Groups[2].Value);
        return At(item, select.Groups[3].Value)?.GetValue<string>();
    }

    private static JsonNode? At(JsonNode? node, string path) => path.TrimStart('.').Split('.').Aggregate(node, (at, name) => at?[name]);

    [GeneratedRegex(@"\A(?<name>[A-Z]+)=(?<value>.*)\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\G\$(?:([A-Z]+)|\([^)]*\bdate [^)]*\))")]
    private static partial Regex Expansion();

    [GeneratedRegex(@"\A\.items\[\] \| select\((\.[A-Za-z.]+) == ""([^""]*)""\) \| (\.[A-Za-z.]+)\z")]
    private static partial Regex Select();
}
