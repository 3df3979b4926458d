using System.Text.Json.Nodes;

namespace Agency.Tests.Wholesome;

/// <summary>Every body of the contract is shown by an example, and every example is what its schema says.</summary>
public sealed class ExampleTests
{
    [Fact]
    public async Task Every_request_body_and_every_answer_has_an_example_that_its_schema_allows()
    {
        var contract = await Contract.ReadAsync();
        var check = new SchemaCheck(contract.Document);
        var faults = new List<string>();
        foreach (var (name, type, body) in contract.Operations.SelectMany(Bodies))
        {
            var examples = ExamplesOf(contract, body).ToList();

            // A picture's and a PDF's bytes are no text.
            Assert.True(examples.Count > 0 || type is "application/pdf" or "image/jpeg" or "image/png", $"{name} has no example of {type}: see api/Http/Examples.json");
            faults.AddRange(examples.SelectMany(example => check.Faults(body["schema"]!, example.Value)).Select(fault => $"{name} {fault}"));
        }

        Assert.Equal([], faults.Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Every_problem_of_an_operation_is_shown_under_its_code_and_status()
    {
        var contract = await Contract.ReadAsync();
        foreach (var operation in contract.Operations)
        {
            var shown =
                from response in operation.Node["responses"]!.AsObject()
                where response.Key[0] is '4' or '5'
                from example in ExamplesOf(contract, response.Value!["content"]!["application/problem+json"]!)
                select (Status: int.Parse(response.Key, System.Globalization.CultureInfo.InvariantCulture), example.Name, example.Value);

            Assert.Equal(operation.Codes.Order(), shown.Select(s => (s.Status, s.Name)).Order());
            Assert.All(shown, s => Assert.Equal((s.Status, s.Name, $"/problems/{s.Name}"), (s.Value["status"]!.GetValue<int>(), s.Value["code"]!.GetValue<string>(), s.Value["type"]!.GetValue<string>())));
        }
    }

    [Fact]
    public async Task No_example_names_who_could_be_real()
    {
        var texts = (await Contract.ReadAsync()).Document["components"]!["examples"]!.ToJsonString();

        Assert.DoesNotMatch("\\+86[1-9]", texts);
        Assert.DoesNotMatch("https?://(?![a-z.]*\\.example[/\"])", texts);
        Assert.DoesNotMatch("@(?![a-z.]*\\.example\")", texts);
    }

    [Theory]
    [InlineData("""{ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } }""", "{}", "/a: is required")]
    [InlineData("""{ "type": "object", "additionalProperties": false }""", """{ "b": 1 }""", "/b: there is no such member")]
    [InlineData("""{ "type": "integer", "minimum": 1, "maximum": 3 }""", "4", ": is out of range: 4")]
    [InlineData("""{ "type": "integer", "minimum": 1, "maximum": 3 }""", "0", ": is out of range: 0")]
    [InlineData("""{ "type": "integer" }""", "1.5", ": is not of type integer: 1.5")]
    [InlineData("""{ "type": "integer", "format": "int32" }""", "3000000000", ": does not fit an int32: 3000000000")]
    [InlineData("""{ "type": "string", "maxLength": 2 }""", "\"abc\"", ": has 3 characters")]
    [InlineData("""{ "type": "string", "minLength": 1 }""", "\"\"", ": has 0 characters")]
    [InlineData("""{ "type": "string", "pattern": "^[A-Z]{3}$" }""", "\"cny\"", ": is not in the form ^[A-Z]{3}$: cny")]
    [InlineData("""{ "type": "string", "format": "uuid" }""", "\"1\"", ": is not a uuid: 1")]
    [InlineData("""{ "type": "string", "format": "date" }""", "\"2026-02-30\"", ": is not a date: 2026-02-30")]
    [InlineData("""{ "type": "string", "format": "date-time" }""", "\"2026-02-03\"", ": is not a date-time: 2026-02-03")]
    [InlineData("""{ "type": "string", "enum": ["a"] }""", "\"b\"", ": is not one of the words listed: \"b\"")]
    [InlineData("""{ "type": "array", "items": { "type": "boolean" } }""", "[true, 1]", "/1: is not of type boolean: 1")]
    [InlineData("""{ "type": "array", "minItems": 1 }""", "[]", ": has 0 items")]
    [InlineData("""{ "type": "string" }""", "null", ": is null")]
    [InlineData("""{ "allOf": [{ "$ref": "#/components/schemas/Word" }] }""", "\"b\"", ": is not one of the words listed: \"b\"")]
    public void What_a_schema_does_not_allow_is_found(string schema, string value, string fault)
    {
        var check = new SchemaCheck(JsonNode.Parse("""{ "components": { "schemas": { "Word": { "type": "string", "enum": ["a"] } } } }""")!.AsObject());

        Assert.Equal([fault], check.Faults(JsonNode.Parse(schema)!, JsonNode.Parse(value)), StringComparer.Ordinal);
    }

    private static IEnumerable<(string Name, string Type, JsonObject Body)> Bodies(Operation operation) =>
        (operation.Node["requestBody"]?["content"]?.AsObject() ?? []).Select(body => ($"{operation.Id} request", body.Key, body.Value!.AsObject()))
        .Concat(operation.Node["responses"]!.AsObject().SelectMany(response => response.Value!["content"]!.AsObject().Select(body => ($"{operation.Id} {response.Key}", body.Key, body.Value!.AsObject()))));

    private static IEnumerable<(string Name, JsonNode Value)> ExamplesOf(Contract contract, JsonNode body)
    {
        if (body["example"] is { } only)
        {
            yield return ("", only);
        }

        foreach (var (name, example) in body["examples"]?.AsObject() ?? [])
        {
            yield return (name, contract.Document["components"]!["examples"]![example!["$ref"]!.GetValue<string>().Split('/')[^1]]!["value"]!);
        }
    }
}
