using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agency.Tests.Support;

namespace Agency.Tests.Routes;

/// <summary>Requests that are right but for something odd in them: a value, a member, a byte, a header, the address.</summary>
internal static partial class Mutants
{
    // As they stand in the JSON text, so that what no writer would write can be said too.
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"x\"", "[]", "{}", "[null]", "[[]]",
        "\"2026-02-30\"", "\"0001-01-01\"", "\"9999-12-31\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"2026-03-02T02:00:00+14:00\"", "\"00000000-0000-0000-0000-000000000000\"",
        "\"' OR 1=1 --\"", "\"<script>alert(1)</script>\"", "\"=cmd|' /C calc'!A0\"", "\"\\u202e\\ufeff\\u200b\"", "\"你好，世界\"", "\"😀\"", "\"promise\"", "\"CNY\"", "\"XXX\"", "{\"amount\":1,\"currency\":\"CNY\"}",
        "{\"amount\":1000000000000000,\"currency\":\"JPY\"}", "\"" + new string('a', 401) + "\"", "\"" + new string('汉', 5_000) + "\"", new string('[', 80) + new string(']', 80),
    ];

    private static readonly string[] Texts =
    [
        "", " ", "x", "0", "-1", "1001", "99999999999999999999", "true", "null", "*", "start", "2026-02-30", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "00000000-0000-0000-0000-000000000000", "' OR 1=1 --", "../..",
        "你好", "😀", "%", "a,b", "-created_at", "\ufeff", new string('a', 2_000), "QUJD", "eyJ2IjoxfQ",
    ];

    private static readonly string[] ContentTypes =
    [
        "text/plain", "application/json; charset=utf-16", "application/json; charset=bogus", "application/json; charset=utf-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/problem+json", "text/csv",
        "application/x-ndjson", "application/pdf",
    ];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Idempotency-Key", ["", " ", new string('k', 255), new string('k', 256), "k\tk", "\"k\""]), ("If-Match", ["*", "\"x\"", "W/\"x\"", "x", "\"", ","]), ("If-None-Match", ["*", "\"x\"", "x,y", "\""]),
        ("Accept-Language", ["zz-ZZ;q=9,*", "zh-CN", ";;;", "*;q=0"]), ("Accept", ["text/html", "application/xml;q=x", "*/*;q=0"]), ("Content-Encoding", ["gzip", "br", "x"]), ("traceparent", ["00-x", "00-00000000000000000000000000000000-0000000000000000-00"]),
    ];

    private static readonly string[] QueryNames = [.. QueryName().Matches(Repository.Read("openapi.yaml")).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    /// <summary>The sample with one thing or a few made odd.</summary>
    public static HttpRequestMessage Of(Route route, Sample sample, Random random)
    {
        var path = sample.Path;
        var body = sample.File ?? (sample.Json is { } json ? Encoding.UTF8.GetBytes(json) : null);
        var type = sample.File is null ? "application/json" : sample.FileType;
        List<(string Name, string Value)> headers = sample.Match is { } match ? [("If-Match", match)] : [];
        for (var left = random.Next(1, 3); left > 0; left--)
        {
            switch (random.Next(body is null ? 3 : 10))
            {
                case 0:
                    path += (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + $"{Any(QueryNames, random)}={Uri.EscapeDataString(Any(Texts, random))}";
                    break;
                case 1 when route.IsById:
                    path = SecondPart().Replace(path, "/v1/$1/" + Uri.EscapeDataString(Any(Texts, random)), 1);
                    break;
                case 1 or 2:
                    var (name, values) = Any(Headers, random);
                    headers.RemoveAll(header => header.Name == name);
                    headers.Add((name, Any(values, random)));
                    break;
                case 3:
                    type = Any(ContentTypes, random);
                    break;
                case 4:
                    body = Spoil(body!, random);
                    break;
                default:
                    body = sample.Json is null ? Spoil(body!, random) : Encoding.UTF8.GetBytes(Twist(Encoding.UTF8.GetString(body!), random));
                    break;
            }
        }

        var request = new HttpRequestMessage(new HttpMethod(route.Method), path) { Content = body is null ? null : new ByteArrayContent(body) };
        if (request.Content is { } content)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        foreach (var (name, value) in headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content?.Headers.TryAddWithoutValidation(name, value) == true;
        }

        return request;
    }

    // The text, with the value of one node exchanged, or a member taken out, put in or there twice.
    private static string Twist(string json, Random random)
    {
        if (Parse(json) is not { } root)
        {
            return json;
        }

        var nodes = Below(root).ToList();
        if (nodes.Count == 0 || random.Next(12) == 0)
        {
            return Any(Values, random);
        }

        var node = Any(nodes, random);
        const string mark = "\u2603";
        switch (random.Next(6))
        {
            case 0 when node.Parent is JsonObject parent:
                parent.Remove(node.GetPropertyName());
                return root.ToJsonString();
            case 1 when node.Parent is JsonObject parent:
                parent[mark] = 1;
                return Marked(root).Replace(mark, Any(["unknown", "id", "bankId", "__proto__", "", "amount", "state"], random), StringComparison.Ordinal);
            case 2 when node.Parent is JsonObject parent:
                parent[mark] = node.DeepClone();
                return Marked(root).Replace(mark, node.GetPropertyName(), StringComparison.Ordinal);
            default:
                var value = random.Next(3) == 0 ? Any(Values, random) : Any(Values.Where(value => IsAlike(value, node)).ToList(), random);
                node.ReplaceWith(mark);
                return Marked(root).Replace($"\"{mark}\"", value, StringComparison.Ordinal);
        }
    }

    // What the reader takes, so that the rules behind it are asked.
    private static bool IsAlike(string value, JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.String => value[0] == '"',
        JsonValueKind.Number => char.IsAsciiDigit(value[^1]),
        JsonValueKind.Array => value[0] == '[',
        JsonValueKind.Object => value[0] == '{',
        _ => value[0] is 't' or 'n',
    };

    private static string Marked(JsonNode root) => root.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    // What was twisted once already may be no JSON any more, or none that can be written.
    private static JsonNode? Parse(string json)
    {
        if (json.Contains("\\ud800", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonNode> Below(JsonNode node) => node switch
    {
        JsonObject o => o.Where(member => member.Value is not null).SelectMany(member => Below(member.Value!).Prepend(member.Value!)),
        JsonArray a => a.Where(item => item is not null).SelectMany(item => Below(item!).Prepend(item!)),
        _ => [],
    };

    private static byte[] Spoil(byte[] body, Random random)
    {
        if (body.Length == 0)
        {
            return [0xFF];
        }

        var at = random.Next(body.Length);
        switch (random.Next(5))
        {
            case 0:
                return body[..at];
            case 1:
                return [0xEF, 0xBB, 0xBF, .. body];
            case 2:
                return [.. body, .. body];
            case 3:
                return [.. body[..at], 0xC3, 0x28, 0x00, .. body[at..]];
            default:
                var spoiled = body.ToArray();
                spoiled[at] = (byte)random.Next(256);
                return spoiled;
        }
    }

    private static T Any<T>(IReadOnlyList<T> of, Random random) => of[random.Next(of.Count)];

    [GeneratedRegex(@"- name: (\w+)\n +in: query")]
    private static partial Regex QueryName();

    [GeneratedRegex("^/v1/([^/?]+)/[^/?]+")]
    private static partial Regex SecondPart();
}
