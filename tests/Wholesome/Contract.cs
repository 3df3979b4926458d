using System.Text.Json.Nodes;
using Agency.Api;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace Agency.Tests.Wholesome;

/// <summary>The contract as a tree, and its operations one by one.</summary>
internal sealed record Contract(JsonObject Document)
{
    private static readonly Lazy<Task<Contract>> Only = new(MakeAsync);

    public static Task<Contract> ReadAsync() => Only.Value;

    public IEnumerable<Operation> Operations =>
        from path in Document["paths"]!.AsObject()
        from method in path.Value!.AsObject()
        select new Operation(path.Key, method.Key.ToUpperInvariant(), method.Value!.AsObject());

    public IEnumerable<(string Name, JsonObject Schema)> Schemas =>
        Document["components"]!["schemas"]!.AsObject().Select(schema => (schema.Key, schema.Value!.AsObject()));

    private static async Task<Contract> MakeAsync()
    {
        using var database = TestDatabase.Empty();
        await using var app = ApiApp.Build([], builder => database.Configure(builder, new FakeTimeProvider(TestDatabase.Start)));
        var text = await app.Services.GetRequiredService<ISwaggerProvider>().GetSwagger("v1").SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0);
        return new Contract(JsonNode.Parse(text)!.AsObject());
    }
}

/// <summary>One operation of the contract.</summary>
internal sealed record Operation(string Path, string Method, JsonObject Node)
{
    public string Id => Text("operationId");

    public string Summary => Text("summary");

    public string Description => Text("description");

    public IReadOnlyList<string> Statuses => [.. Node["responses"]!.AsObject().Select(response => response.Key)];

    public IReadOnlyList<string> Tags => [.. (Node["tags"]?.AsArray() ?? []).Select(tag => tag!.GetValue<string>())];

    public IReadOnlyList<(string Name, string In, bool Required)> Parameters =>
        [.. (Node["parameters"]?.AsArray() ?? []).Select(p => (p!["name"]!.GetValue<string>(), p["in"]!.GetValue<string>(), p["required"]?.GetValue<bool>() ?? false))];

    public IReadOnlyList<string> Scopes =>
        [.. (Node["security"]?.AsArray() ?? []).SelectMany(s => s!.AsObject()).SelectMany(s => s.Value!.AsArray()).Select(scope => scope!.GetValue<string>())];

    /// <summary>The codes that the responses name, each with its status.</summary>
    public IEnumerable<(int Status, string Code)> Codes =>
        from response in Node["responses"]!.AsObject()
        where response.Key[0] is '4' or '5'
        from code in response.Value!["description"]!.GetValue<string>().Split(", ")
        select (int.Parse(response.Key, System.Globalization.CultureInfo.InvariantCulture), code.Trim('`'));

    private string Text(string name) => Node[name]?.GetValue<string>() ?? "";
}
