using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agency.Api.Tenancy;
using Agency.Tests.Support;

namespace Agency.Tests.Wholesome;

/// <summary>The contract is whole: whoever adds an operation and leaves something out hears it here.</summary>
public sealed partial class ContractTests
{
    [Fact]
    public async Task The_committed_contract_is_the_one_that_is_served()
    {
        await using var service = await TestService.StartAsync();

        var served = await service.Anonymous.GetStringAsync(new Uri("/openapi.yaml", UriKind.Relative));

        Assert.True(Repository.Read("openapi.yaml") == served, "dotnet run --project api -- openapi ../openapi.yaml, then dotnet build sdk -t:Generate");
    }

    [Fact]
    public async Task Who_runs_the_service_says_whom_to_ask()
    {
        await using var service = await TestService.StartAsync(builder =>
        {
            builder.Configuration["Contact:Name"] = "Integration desk";
            builder.Configuration["Contact:Url"] = "https://help.example/agency";
            builder.Configuration["Contact:Email"] = "desk@help.example";
        });

        var served = await service.Anonymous.GetStringAsync(new Uri("/openapi.yaml", UriKind.Relative));

        Assert.Contains("  contact:\n    name: Integration desk\n    url: https://help.example/agency\n    email: desk@help.example\n", served, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_are_kebab_case_and_under_v1()
    {
        foreach (var operation in (await Contract.ReadAsync()).Operations)
        {
            Assert.StartsWith("/v1/", operation.Path, StringComparison.Ordinal);
            Assert.All(operation.Path.Split('/')[1..], part => Assert.True(part == "{id}" || Kebab().IsMatch(part), operation.Path));
        }
    }

    [Fact]
    public async Task Operations_are_named_Plural_Verb_once_each_after_their_tag()
    {
        var operations = (await Contract.ReadAsync()).Operations.ToList();

        Assert.Equal(operations.Count, operations.Select(o => o.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(operations, o => Assert.True(PluralVerb().IsMatch(o.Id) && o.Tags is [var tag] && o.Id.StartsWith($"{tag}_", StringComparison.Ordinal), $"{o.Method} {o.Path}: '{o.Id}'"));
        Assert.All(operations.Where(o => o.Method == "GET"), o => Assert.Matches("_(Get|List)", o.Id));
    }

    [Fact]
    public async Task Each_operation_says_what_it_does_for_whom_and_how_it_ends()
    {
        foreach (var o in (await Contract.ReadAsync()).Operations)
        {
            var name = $"{o.Method} {o.Path}";
            Assert.True(o.Summary.Length is > 5 and < 80 && !o.Summary.EndsWith('.'), $"{name}: summary '{o.Summary}'");
            Assert.True(o.Description.Length > 20 && o.Description.EndsWith('.'), $"{name}: description '{o.Description}'");
            Assert.True(o.Scopes is [var scope] && Scopes.All.ContainsKey(scope) && o.Description.Contains($"`{scope}`", StringComparison.Ordinal), $"{name}: one scope");
            Assert.Single(o.Node["responses"]!.AsObject().Where(response => response.Key[0] == '2').Select(response => response.Value!["content"]![TypeOf(o.Id)]!["schema"]!.ToJsonString()).Distinct(StringComparer.Ordinal));
            string[] needed = ["400", "401", "403", .. o.Path.Contains("{id}", StringComparison.Ordinal) ? ["404"] : Array.Empty<string>(), .. o.Method == "GET" ? [] : (string[])["422"], .. o.Method is "PATCH" or "PUT" or "DELETE" ? ["412", "428"] : Array.Empty<string>()];
            Assert.True(needed.All(o.Statuses.Contains), $"{name}: {string.Join(' ', needed.Except(o.Statuses, StringComparer.Ordinal))} is not documented");
            foreach (var response in o.Node["responses"]!.AsObject())
            {
                Assert.Equal(response.Key[0] == '2' ? TypeOf(o.Id) : "application/problem+json", Assert.Single(response.Value!["content"]!.AsObject()).Key);
            }
        }
    }

    [Fact]
    public async Task A_write_can_be_tried_again_under_a_key_unless_no_copy_may_be_kept_or_nothing_changes()
    {
        foreach (var o in (await Contract.ReadAsync()).Operations)
        {
            var takesKey = o.Parameters.Any(p => p is { Name: "Idempotency-Key", In: "header", Required: false });
            Assert.True(takesKey == (o.Method != "GET" && o.Id is not ("Cases_Reveal" or "Cases_Work" or "ContactRecords_Reveal" or "Repayments_RevealPayer" or "Assignments_DryRun")), $"{o.Id}: Idempotency-Key");
            Assert.Equal(takesKey ? 3 : 0, o.Codes.Count(c => c.Code.StartsWith("idempotency.", StringComparison.Ordinal)));
            Assert.Equal(o.Method is "PATCH" or "PUT" or "DELETE", o.Parameters.Any(p => p is { Name: "If-Match", In: "header", Required: true }));
        }
    }

    [Fact]
    public async Task What_takes_a_body_says_that_it_may_be_too_large_or_of_the_wrong_type()
    {
        foreach (var o in (await Contract.ReadAsync()).Operations)
        {
            Assert.Equal(o.Node.ContainsKey("requestBody"), o.Statuses.Contains("413") && o.Statuses.Contains("415"));
        }
    }

    [Fact]
    public async Task A_list_has_a_limit_a_cursor_and_a_page()
    {
        foreach (var o in (await Contract.ReadAsync()).Operations.Where(o => o.Id.Contains("_List", StringComparison.Ordinal) && o.Id != "ContactPoints_List"))
        {
            Assert.Contains(o.Parameters, p => p is { Name: "limit", In: "query", Required: false });
            Assert.Contains(o.Parameters, p => p is { Name: "cursor", In: "query", Required: false });
            Assert.Contains(o.Codes, c => c == (400, "query.cursor_invalid"));
            Assert.EndsWith("Page", o.Node["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Members_are_camelCase_words_snake_case_and_each_is_explained()
    {
        var contract = await Contract.ReadAsync();
        foreach (var (name, schema) in contract.Schemas)
        {
            Assert.True(schema["description"]?.GetValue<string>() is { Length: > 5 }, $"{name} has no description");
            foreach (var member in schema["properties"]?.AsObject() ?? [])
            {
                Assert.Matches(Camel(), member.Key);
                Assert.True(member.Value!["description"]?.GetValue<string>() is { Length: > 5 }, $"{name}.{member.Key} has no description");
            }

            Assert.All(schema["enum"]?.AsArray() ?? [], word => Assert.Matches(Snake(), word!.GetValue<string>()));
        }

        foreach (var (o, p) in contract.Operations.SelectMany(o => (o.Node["parameters"]?.AsArray() ?? []).Select(p => (o, p!.AsObject()))))
        {
            var isPath = p["in"]!.GetValue<string>() == "path";
            Assert.True(isPath || p["description"]?.GetValue<string>() is { Length: > 5 }, $"{o.Id}: {p["name"]} has no description");
            Assert.True(p["in"]!.GetValue<string>() == "header" || Snake().IsMatch(p["name"]!.GetValue<string>()), $"{o.Id}: {p["name"]}");
        }
    }

    [Fact]
    public async Task Money_is_an_amount_and_a_currency_and_instants_say_so()
    {
        var contract = await Contract.ReadAsync();
        var money = contract.Schemas.Single(s => s.Name == "Money").Schema["properties"]!.AsObject();
        Assert.Equal(("integer", "int64"), (money["amount"]!["type"]!.GetValue<string>(), money["amount"]!["format"]!.GetValue<string>()));
        Assert.Equal("string", money["currency"]!["type"]!.GetValue<string>());
        foreach (var (name, schema) in contract.Schemas)
        {
            foreach (var (member, node) in (schema["properties"]?.AsObject() ?? []).Select(p => (p.Key, p.Value!.AsObject())))
            {
                Assert.True(!member.EndsWith("At", StringComparison.Ordinal) || Format(node) == "date-time", $"{name}.{member}");
                Assert.True(member != "id" && !member.EndsWith("Id", StringComparison.Ordinal) || member is "clientId" or "traceId" or "ruleId" || Format(node) == "uuid", $"{name}.{member}");
            }
        }

        static string? Format(JsonObject node) => node["format"]?.GetValue<string>();
    }

    [Fact]
    public async Task Every_scope_is_granted_by_a_role_and_asked_for_by_a_route()
    {
        var asked = (await Contract.ReadAsync()).Operations.SelectMany(o => o.Scopes).ToHashSet(StringComparer.Ordinal);
        var granted = Enum.GetValues<Api.Data.TenantKind>().SelectMany(kind => Roles.Of(kind).SelectMany(role => Roles.ScopesOf(kind, role)!)).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(Scopes.All.Keys.Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(Scopes.All.Keys.Order(StringComparer.Ordinal), granted.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Folders_are_explained_and_both_ways_to_sign_in_know_every_scope()
    {
        var document = (await Contract.ReadAsync()).Document;
        Assert.All(document["tags"]!.AsArray(), tag => Assert.True(tag!["description"]?.GetValue<string>() is { Length: > 20 }, $"{tag["name"]}: say in ContractTags what it is about"));

        var flows = document["components"]!["securitySchemes"]!["oauth2"]!["flows"]!.AsObject();
        Assert.Equal(["authorizationCode", "clientCredentials"], flows.Select(flow => flow.Key).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(flows, flow => Assert.Equal(Scopes.All, flow.Value!["scopes"]!.AsObject().ToDictionary(scope => scope.Key, scope => scope.Value!.GetValue<string>(), StringComparer.Ordinal)));
    }

    // What is no JSON: files.
    private static string TypeOf(string operation) => operation switch
    {
        "Statements_GetCsv" or "AuditEntries_GetCsv" or "Imports_GetRejectedRows" => "text/csv",
        "Statements_GetDocument" => "text/html",
        _ => "application/json",
    };

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    private static partial Regex Kebab();

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex Snake();

    [GeneratedRegex("^[a-z][a-zA-Z0-9]*$")]
    private static partial Regex Camel();

    [GeneratedRegex("^([A-Z][A-Za-z]*s|People)_[A-Z][A-Za-z]*$")]
    private static partial Regex PluralVerb();
}
