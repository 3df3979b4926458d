using System.Text.Json.Nodes;

namespace Agency.Tests.Contracts;

/// <summary>What of a contract its users can't rely on any more in a later one; a sentence each. What is only added is none.</summary>
internal sealed class BreakingChanges
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    private readonly SortedSet<string> found = new(StringComparer.Ordinal);
    private readonly JsonObject before;
    private readonly JsonObject after;
    private readonly SchemaChanges sent;
    private readonly SchemaChanges answered;

    private BreakingChanges(JsonObject before, JsonObject after)
    {
        (this.before, this.after) = (before, after);
        (sent, answered) = (new(before, after, isSent: true, found), new(before, after, isSent: false, found));
    }

    public static IReadOnlyCollection<string> Between(JsonObject before, JsonObject after)
    {
        var changes = new BreakingChanges(before, after);
        changes.ComparePaths();
        return changes.found;
    }

    private void ComparePaths()
    {
        foreach (var (path, operations) in before["paths"]!.AsObject())
        {
            foreach (var method in Methods.Where(method => operations![method] is not null))
            {
                if (after["paths"]![path]?[method] is { } now)
                {
                    Compare(operations![method]!, now, $"{method.ToUpperInvariant()} {path}");
                }
                else
                {
                    found.Add($"{method.ToUpperInvariant()} {path} is gone.");
                }
            }
        }
    }

    private void Compare(JsonNode was, JsonNode now, string name)
    {
        if (!JsonNode.DeepEquals(was["operationId"], now["operationId"]))
        {
            found.Add($"{name} was called {was["operationId"]} and is called {now["operationId"]}.");
        }

        foreach (var scope in Scopes(now).Except(Scopes(was), StringComparer.Ordinal))
        {
            found.Add($"{name} now asks for the scope {scope}.");
        }

        CompareParameters(was, now, name);
        CompareBodies(was["requestBody"], now["requestBody"], name);
        foreach (var (status, answer) in was["responses"]!.AsObject())
        {
            if (now["responses"]![status] is { } same)
            {
                CompareContent(answer!["content"], same["content"], $"{name} {status}", "answers with", answered);
            }
            else
            {
                found.Add($"{name} no longer answers {status}.");
            }
        }
    }

    private void CompareParameters(JsonNode was, JsonNode now, string name)
    {
        var (old, current) = (Parameters(was), Parameters(now));
        foreach (var (key, parameter) in old.Where(parameter => !current.ContainsKey(parameter.Key)))
        {
            found.Add($"{name} no longer takes the {key}.");
        }

        foreach (var (key, parameter) in current)
        {
            var known = old.GetValueOrDefault(key);
            if (IsTrue(parameter["required"]) && !IsTrue(known?["required"]))
            {
                found.Add($"{name} now wants the {key}.");
            }

            if (known is not null)
            {
                sent.Compare(known["schema"]!, parameter["schema"]!, $"{name} {key}");
            }
        }
    }

    private void CompareBodies(JsonNode? was, JsonNode? now, string name)
    {
        if (was is not null && now is null)
        {
            found.Add($"{name} no longer takes a body.");
        }
        else if (IsTrue(now?["required"]) && !IsTrue(was?["required"]))
        {
            found.Add($"{name} now wants a body.");
        }

        if (was is not null && now is not null)
        {
            CompareContent(was["content"], now["content"], $"{name} body", "takes", sent);
        }
    }

    private void CompareContent(JsonNode? was, JsonNode? now, string name, string verb, SchemaChanges changes)
    {
        foreach (var (type, content) in was?.AsObject() ?? [])
        {
            if (now?[type] is not { } same)
            {
                found.Add($"{name} no longer {verb} {type}.");
            }
            else if (content!["schema"] is { } schema && same["schema"] is { } current)
            {
                changes.Compare(schema, current, name);
            }
        }
    }

    private static IEnumerable<string> Scopes(JsonNode operation) =>
        (operation["security"]?.AsArray() ?? []).SelectMany(scheme => scheme!.AsObject()).SelectMany(scheme => scheme.Value!.AsArray()).Select(scope => scope!.GetValue<string>());

    private static Dictionary<string, JsonNode> Parameters(JsonNode operation) =>
        (operation["parameters"]?.AsArray() ?? []).ToDictionary(parameter => $"{parameter!["in"]} parameter {parameter["name"]}", parameter => parameter!, StringComparer.Ordinal);

    private static bool IsTrue(JsonNode? node) => node?.GetValue<bool>() == true;
}
