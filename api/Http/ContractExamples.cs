using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Agency.Api.Http;

/// <summary>
/// An example for every body, composed from the schemas and one story (<c>Examples.json</c>): a member's value is that of its schema there, else,
/// where it is required, the one that goes by its name, the first word of its list, or the example of what it refers to. Requests and answers of one operation may say more.
/// </summary>
internal sealed class ContractExamples : IDocumentFilter
{
    private const string Json = "application/json";
    private static readonly Story Told = Read();

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        foreach (var operation in swaggerDoc.Paths.Values.SelectMany(path => path.Operations!.Values))
        {
            var id = operation.OperationId!;
            foreach (var (type, body) in operation.RequestBody?.Content ?? new Dictionary<string, IOpenApiMediaType>(StringComparer.Ordinal))
            {
                Show(swaggerDoc, (OpenApiMediaType)body, type, type, Told.Requests[id] is { } said ? ($"{id}_request", said) : null);
            }

            foreach (var (type, answer) in operation.Responses!.Where(response => response.Key[0] == '2').SelectMany(response => response.Value.Content!))
            {
                Show(swaggerDoc, (OpenApiMediaType)answer, type, id, Told.Answers[id] is { } said ? (id, said) : null);
            }
        }
    }

    private static void Show(OpenApiDocument document, OpenApiMediaType body, string type, string file, (string Name, JsonNode Said)? own)
    {
        if (type != Json)
        {
            body.Example = Told.Files[file]?.DeepClone();
            return;
        }

        var schema = Target(body.Schema!);
        var name = own?.Name ?? schema.Reference.Id!;
        if (document.Components!.Examples?.ContainsKey(name) != true)
        {
            document.AddComponent<IOpenApiExample>(name, new OpenApiExample { Value = Compose(document, schema.Reference.Id!, own?.Said) });
        }

        body.Examples = new Dictionary<string, IOpenApiExample>(StringComparer.Ordinal) { [name] = new OpenApiExampleReference(name, document) };
    }

    /// <summary>The example of a problem, as the service would answer with it.</summary>
    public static OpenApiExample Of(Problem problem)
    {
        var value = new JsonObject
        {
            ["type"] = ProblemCatalogue.AddressOf(problem),
            ["title"] = problem.Title,
            ["status"] = problem.Status,
            ["code"] = problem.Code,
            ["traceId"] = Told.Schemas[nameof(ProblemBody)]!["traceId"]!.DeepClone(),
        };
        if (problem == HttpProblems.Invalid)
        {
            value["errors"] = new JsonArray(Told.Schemas[nameof(FieldError)]!.DeepClone());
        }

        return new OpenApiExample { Value = value };
    }

    private static JsonObject Compose(OpenApiDocument document, string name, JsonNode? said)
    {
        var schema = document.Components!.Schemas![name];
        var (example, ofSchema) = (new JsonObject(), Told.Schemas[name] as JsonObject);
        foreach (var (member, type) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))
        {
            var isRequired = schema.Required?.Contains(member) == true;
            if (Say(document, member, type, [ofSchema?[member], (said as JsonObject)?[member]], isRequired, IsUnsaid(said, member)) is { } value)
            {
                example[member] = value;
            }
        }

        return example;
    }

    // "member": null takes away what the schema's example has.
    private static bool IsUnsaid(JsonNode? said, string member) => said is JsonObject own && own.ContainsKey(member) && own[member] is null;

    private static JsonNode? Say(OpenApiDocument document, string member, IOpenApiSchema type, JsonNode?[] said, bool isRequired, bool isUnsaid)
    {
        var last = Array.FindLast(said, value => value is not null);
        if (isUnsaid || (last is null && !isRequired))
        {
            return null;
        }

        if (type.Type?.HasFlag(JsonSchemaType.Array) == true)
        {
            var items = last ?? Told.Members[member];
            return items is JsonArray array
                ? new JsonArray([.. array.Select(item => Item(document, type.Items!, item))])
                : new JsonArray(Item(document, type.Items!, null));
        }

        return Target(type) is { } target ? Referred(document, target, said) : (last ?? Told.Members[member])?.DeepClone();
    }

    private static JsonNode? Item(OpenApiDocument document, IOpenApiSchema type, JsonNode? said) =>
        Target(type) is { } target ? Referred(document, target, [said]) : said?.DeepClone();

    private static JsonNode? Referred(OpenApiDocument document, OpenApiSchemaReference target, JsonNode?[] said)
    {
        var last = Array.FindLast(said, value => value is not null);
        if (document.Components!.Schemas![target.Reference.Id!].Enum is { Count: > 0 } words)
        {
            return (last ?? words[0]).DeepClone();
        }

        // An amount of money is a number here: all of it is in the story's one currency.
        return last is JsonValue amount
            ? Compose(document, target.Reference.Id!, new JsonObject { ["amount"] = amount.DeepClone() })
            : Compose(document, target.Reference.Id!, Merge(said));
    }

    private static JsonObject Merge(JsonNode?[] said)
    {
        var all = new JsonObject();
        foreach (var (member, value) in said.OfType<JsonObject>().SelectMany(part => part))
        {
            all[member] = value?.DeepClone();
        }

        return all;
    }

    private static OpenApiSchemaReference Target(IOpenApiSchema schema) =>
        (schema as OpenApiSchemaReference ?? schema.AllOf?.OfType<OpenApiSchemaReference>().SingleOrDefault())!;

    private static Story Read()
    {
        using var file = typeof(ContractExamples).Assembly.GetManifestResourceStream("examples.json")!;
        return JsonSerializer.Deserialize<Story>(file, JsonSerializerOptions.Web)!;
    }

    /// <summary>The story: values by a member's name, by schema, by what an operation is sent and answers, and files by type or operation.</summary>
    private sealed record Story(JsonObject Members, JsonObject Schemas, JsonObject Requests, JsonObject Answers, JsonObject Files);
}
