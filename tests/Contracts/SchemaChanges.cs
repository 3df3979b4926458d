using System.Globalization;
using System.Text.Json.Nodes;

namespace Agency.Tests.Contracts;

/// <summary>The breaking changes of what is sent, which may not be narrower than before, or of what is answered, which may not be less certain.</summary>
internal sealed class SchemaChanges(JsonObject before, JsonObject after, bool isSent, ISet<string> found)
{
    private readonly HashSet<string> compared = new(StringComparer.Ordinal);

    public void Compare(JsonNode beforeSchema, JsonNode afterSchema, string place)
    {
        // A named schema is compared once, and its members go by its name.
        if (NameOf(beforeSchema) is { } name)
        {
            if (!compared.Add($"{name} {NameOf(afterSchema)}"))
            {
                return;
            }

            place = $"{name} ({(isSent ? "sent" : "answered")})";
        }

        var (was, now) = (Whole(before, beforeSchema), Whole(after, afterSchema));
        CompareKinds(was, now, place);
        CompareWords(was, now, place);
        CompareMembers(was, now, place);
        if (was["items"] is { } items && now["items"] is { } currentItems)
        {
            Compare(items, currentItems, $"{place}[]");
        }

        if (was["additionalProperties"] is JsonObject others && now["additionalProperties"] is JsonObject currentOthers)
        {
            Compare(others, currentOthers, $"{place}.*");
        }

        if (isSent)
        {
            CompareLimits(was, now, place);
        }
    }

    private void CompareKinds(JsonObject was, JsonObject now, string place)
    {
        foreach (var word in new[] { "type", "format" })
        {
            var (old, current) = (was[word]?.ToString(), now[word]?.ToString());
            var isLooser = isSent ? current is null : old is null;
            if (old != current && !isLooser)
            {
                found.Add($"{place}: the {word} was {old ?? "open"} and is {current ?? "open"}.");
            }
        }

        if (isSent && IsTrue(was["nullable"]) && !IsTrue(now["nullable"]))
        {
            found.Add($"{place} may no longer be null.");
        }
        else if (!isSent && !IsTrue(was["nullable"]) && IsTrue(now["nullable"]))
        {
            found.Add($"{place} may now be null.");
        }
    }

    // The SDK takes any word, but a client that somebody generates for themselves may fail on one it does not know.
    private void CompareWords(JsonObject was, JsonObject now, string place)
    {
        var (old, current) = (Words(was["enum"]), Words(now["enum"]));
        if (isSent && old is null && current is not null)
        {
            found.Add($"{place} is now one of a list of words.");
        }

        foreach (var word in (old ?? []).Where(word => current is not null && !current.Contains(word)))
        {
            found.Add($"{place} no longer has the word {word}.");
        }

        foreach (var word in (current ?? []).Where(word => !isSent && old is not null && !old.Contains(word)))
        {
            found.Add($"{place} has the new word {word}.");
        }
    }

    private void CompareMembers(JsonObject was, JsonObject now, string place)
    {
        var (old, current) = (was["properties"]?.AsObject() ?? [], now["properties"]?.AsObject() ?? []);
        foreach (var (name, member) in old)
        {
            if (current[name] is { } same)
            {
                Compare(member!, same, $"{place}.{name}");
            }
            else
            {
                found.Add($"{place}.{name} is gone.");
            }
        }

        var (oldNeeds, needs) = (Words(was["required"]) ?? [], Words(now["required"]) ?? []);
        foreach (var name in isSent ? needs.Except(oldNeeds, StringComparer.Ordinal) : oldNeeds.Except(needs, StringComparer.Ordinal).Where(current.ContainsKey))
        {
            found.Add(isSent ? $"{place}.{name} must now be given." : $"{place}.{name} may now be absent.");
        }

        if (isSent && was["additionalProperties"]?.ToJsonString() != "false" && now["additionalProperties"]?.ToJsonString() == "false")
        {
            found.Add($"{place} no longer takes members of any name.");
        }
    }

    private void CompareLimits(JsonObject was, JsonObject now, string place)
    {
        foreach (var (word, isLower) in new[] { ("minimum", true), ("minLength", true), ("minItems", true), ("maximum", false), ("maxLength", false), ("maxItems", false) })
        {
            var (old, current) = (Number(was[word]), Number(now[word]));
            if (current is { } limit && (old is not { } formerly || (isLower ? limit > formerly : limit < formerly)))
            {
                found.Add($"{place}: {word} was {old?.ToString(CultureInfo.InvariantCulture) ?? "open"} and is {limit.ToString(CultureInfo.InvariantCulture)}.");
            }
        }

        if (now["pattern"] is { } pattern && !JsonNode.DeepEquals(was["pattern"], pattern))
        {
            found.Add($"{place}: the pattern was {was["pattern"] ?? "open"} and is {pattern}.");
        }

        if (!JsonNode.DeepEquals(was["default"], now["default"]))
        {
            found.Add($"{place}: the default was {was["default"] ?? "open"} and is {now["default"] ?? "open"}.");
        }
    }

    // A reference alone, or one with words beside it.
    private static string? NameOf(JsonNode schema) => Reference(schema) ?? (schema["allOf"] is JsonArray { Count: 1 } only ? Reference(only[0]!) : null);

    private static string? Reference(JsonNode schema) => schema["$ref"]?.GetValue<string>().Split('/')[^1];

    // With what it refers to and what its parts say.
    private static JsonObject Whole(JsonObject document, JsonNode schema)
    {
        var whole = new JsonObject();
        var named = Reference(schema) is { } name ? document["components"]!["schemas"]![name] : null;
        foreach (var part in (schema["allOf"]?.AsArray() ?? []).Append(named).Where(part => part is not null).Select(part => Whole(document, part!)).Append(schema.AsObject()))
        {
            foreach (var word in part.Where(word => word.Key is not ("allOf" or "$ref")))
            {
                whole[word.Key] = word.Value?.DeepClone();
            }
        }

        return whole;
    }

    private static HashSet<string>? Words(JsonNode? list) => list?.AsArray().Select(word => word!.ToString()).ToHashSet(StringComparer.Ordinal);

    private static decimal? Number(JsonNode? node) => node is null ? null : decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsTrue(JsonNode? node) => node?.GetValue<bool>() == true;
}
