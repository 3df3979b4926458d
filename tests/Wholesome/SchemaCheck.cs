using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Agency.Tests.Wholesome;

/// <summary>Whether a value is what a schema of the contract says. It knows the words that the contract uses, and complains of any other.</summary>
internal sealed class SchemaCheck(JsonObject document)
{
    private static readonly string[] Known =
    [
        "type", "format", "enum", "nullable", "allOf", "$ref", "properties", "required", "additionalProperties", "items", "description", "default",
        "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern",
    ];

    public IEnumerable<string> Faults(JsonNode schema, JsonNode? value, string place = "")
    {
        var (type, isNullable) = (Text(schema, "type"), schema["nullable"]?.GetValue<bool>() ?? false);
        var faults = new List<string>();
        void Ask(bool isFine, string fault)
        {
            if (!isFine)
            {
                faults.Add($"{place}: {fault}");
            }
        }

        Ask(schema.AsObject().All(word => Known.Contains(word.Key, StringComparer.Ordinal)), $"a schema has a word that is not checked: {schema.ToJsonString()}");
        if (value is null)
        {
            Ask(isNullable, "is null");
            return faults;
        }

        foreach (var part in Parts(schema))
        {
            faults.AddRange(Faults(part, value, place));
        }

        Ask(type is null || IsOfType(type, value), $"is not of type {type}: {value.ToJsonString()}");
        Ask(schema["enum"] is not JsonArray words || words.Any(word => JsonNode.DeepEquals(word, value)), $"is not one of the words listed: {value.ToJsonString()}");
        faults.AddRange(value switch
        {
            JsonObject @object => OfObject(schema, @object, place),
            JsonArray array => OfArray(schema, array, place),
            _ when value.GetValueKind() == JsonValueKind.String => OfText(schema, value.GetValue<string>(), place),
            _ when value.GetValueKind() == JsonValueKind.Number => OfNumber(schema, decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture), place),
            _ => [],
        });
        return faults;
    }

    private IEnumerable<JsonNode> Parts(JsonNode schema)
    {
        if (Text(schema, "$ref") is { } reference)
        {
            yield return document["components"]!["schemas"]![reference.Split('/')[^1]]!;
        }

        foreach (var part in schema["allOf"]?.AsArray() ?? [])
        {
            yield return part!;
        }
    }

    private IEnumerable<string> OfObject(JsonNode schema, JsonObject value, string place)
    {
        var properties = schema["properties"]?.AsObject() ?? [];
        foreach (var name in (schema["required"]?.AsArray() ?? []).Select(name => name!.GetValue<string>()).Where(name => !value.ContainsKey(name)))
        {
            yield return $"{place}/{name}: is required";
        }

        foreach (var (name, member) in value)
        {
            if (properties[name] is { } known)
            {
                foreach (var fault in Faults(known, member, $"{place}/{name}"))
                {
                    yield return fault;
                }
            }
            else if (schema["additionalProperties"]?.ToJsonString() == "false")
            {
                yield return $"{place}/{name}: there is no such member";
            }
        }
    }

    private IEnumerable<string> OfArray(JsonNode schema, JsonArray value, string place)
    {
        if (value.Count < (schema["minItems"]?.GetValue<int>() ?? 0) || value.Count > (schema["maxItems"]?.GetValue<int>() ?? int.MaxValue))
        {
            yield return $"{place}: has {value.Count} items";
        }

        foreach (var fault in value.SelectMany((item, index) => schema["items"] is { } items ? Faults(items, item, $"{place}/{index}") : []))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> OfText(JsonNode schema, string value, string place)
    {
        if (value.Length < (schema["minLength"]?.GetValue<int>() ?? 0) || value.Length > (schema["maxLength"]?.GetValue<int>() ?? int.MaxValue))
        {
            yield return $"{place}: has {value.Length} characters";
        }

        if (Text(schema, "pattern") is { } pattern && !Regex.IsMatch(value, pattern, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)))
        {
            yield return $"{place}: is not in the form {pattern}: {value}";
        }

        var isInForm = Text(schema, "format") switch
        {
            null or "binary" => true,
            "uuid" => Guid.TryParseExact(value, "D", out _),
            "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "date-time" => DateTimeOffset.TryParseExact(value, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            _ => false,
        };
        if (!isInForm)
        {
            yield return $"{place}: is not a {schema["format"]}: {value}";
        }
    }

    private static IEnumerable<string> OfNumber(JsonNode schema, decimal value, string place)
    {
        if (value < (schema["minimum"] is { } least ? Number(least) : decimal.MinValue) || value > (schema["maximum"] is { } most ? Number(most) : decimal.MaxValue))
        {
            yield return $"{place}: is out of range: {value}";
        }

        if (Text(schema, "format") is "int32" && value is < int.MinValue or > int.MaxValue)
        {
            yield return $"{place}: does not fit an int32: {value}";
        }
    }

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsOfType(string type, JsonNode value) => (type, value.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => decimal.IsInteger(Number(value)),
        _ => false,
    };

    private static string? Text(JsonNode schema, string word) => (schema as JsonObject)?[word]?.GetValue<string>();
}
