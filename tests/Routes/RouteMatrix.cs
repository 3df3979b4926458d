using Agency.Tests.Http;

namespace Agency.Tests.Routes;

/// <summary>Every route × tenant × role. The routes are the contract's: one without a case here fails.</summary>
public sealed class RouteMatrix(RouteWorld world) : IClassFixture<RouteWorld>
{
    private const string Owner = "harbour";
    private const string Worker = "swift";
    private static readonly string[] Tenants = ["harbour", "summit", "swift", "lantern", "operator"];

    // To any bank an agency is a row to see: its own list of whom to mandate. A rule pack is nobody's: it is the law.
    private static readonly string[] SharedRows = ["Agencies_Get", "RulePacks_Get"];

    public static TheoryData<string> Operations => [.. RouteList.All.Select(route => route.Operation)];

    [Fact]
    public void Every_route_has_a_case_and_every_case_a_route()
    {
        Assert.True(RouteList.All.Count >= 49, "The contract was not read.");
        Assert.Equal(RouteList.All.Select(route => route.Operation).Order(StringComparer.Ordinal), Access.Table.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Without_a_token_it_is_401(string operation)
    {
        var (route, _) = Find(operation);
        var sample = await world.SampleAsync(route);

        (await sample.SendAsync(world.Service.Anonymous, route.Method)).IsProblem(401, "auth.unauthenticated");
        (await sample.SendAsync(world.Service.With("garbage"), route.Method)).IsProblem(401, "auth.unauthenticated");
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task The_right_side_may_on_its_own_row_and_nobody_else_on_it(string operation)
    {
        var (route, access) = Find(operation);
        var sample = await world.SampleAsync(route);

        // Those who must not come first, so that what they do would be seen in what the owners get.
        foreach (var tenant in Tenants.OrderBy(IsOwner))
        {
            var answer = await sample.SendAsync(world.Service.For(tenant), route.Method);
            var expected = Expected(tenant);
            Assert.True(expected.Contains(answer.Status), $"{operation} by {tenant}: {string.Join(" or ", expected)} was expected, not {answer.Status} {answer.Text}");
            if (!IsOwner(tenant) && answer.Status < 300 && !SharedRows.Contains(operation, StringComparer.Ordinal))
            {
                AssertNothingForeign(operation, tenant, answer.Text);
            }

            // What both sides may do uses its row up all the same.
            if (route.Method == "POST" && answer.Status < 300)
            {
                sample = await world.SampleAsync(route);
            }
        }

        bool IsOwner(string tenant) => access.Operator ? tenant == "operator" : Owns(operation, tenant);

        int[] Expected(string tenant) => (access.AllowsTenant(tenant), route.IsById, IsOwner(tenant) || SharedRows.Contains(operation, StringComparer.Ordinal)) switch
        {
            (false, _, _) => [403],
            (true, true, false) => [404],

            // They name an agreement and a portfolio, or cases, in their bodies.
            (true, false, false) when operation is "Assignments_Create" or "Assignments_DryRun" or "Cases_Distribute" => [404],
            _ => [200, 201, 202],
        };
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Each_role_may_what_the_table_says_and_no_more(string operation)
    {
        var (route, access) = Find(operation);
        foreach (var person in Access.People.OrderBy(access.AllowsPerson))
        {
            var isOwn = access.Operator || Tenants.Any(tenant => Owns(operation, tenant) && person.EndsWith($"@{tenant}.example", StringComparison.Ordinal));
            var sample = await world.SampleAsync(route);
            var answer = await sample.SendAsync(world.Service.ForPerson(person), route.Method);
            if (!access.AllowsPerson(person))
            {
                Assert.True(answer.Status == 403, $"{operation} by {person}: 403 was expected, not {answer.Status} {answer.Text}");
            }
            else if (isOwn)
            {
                Assert.True(answer.Status is 200 or 201 or 202, $"{operation} by {person}: a success was expected, not {answer.Status} {answer.Text}");
            }
            else
            {
                Assert.True(answer.Status == 404 || !route.IsById || SharedRows.Contains(operation, StringComparer.Ordinal), $"{operation} by {person}: 404 was expected, not {answer.Status} {answer.Text}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Another_tenants_row_is_answered_like_one_that_does_not_exist(string operation)
    {
        var (route, access) = Find(operation);
        if (!route.IsById || SharedRows.Contains(operation, StringComparer.Ordinal))
        {
            return;
        }

        var foreign = await world.SampleAsync(route);
        var query = foreign.Path.Split('?') is [_, var asked] ? $"?{asked}" : "";
        var absent = foreign with { Path = route.Path.Replace("{id}", Guid.CreateVersion7().ToString(), StringComparison.Ordinal) + query };
        var noId = foreign with { Path = route.Path.Replace("{id}", "no-id", StringComparison.Ordinal) + query };
        foreach (var tenant in Tenants.Where(tenant => access.AllowsTenant(tenant) && !Owns(operation, tenant)))
        {
            var http = world.Service.For(tenant);
            var theirs = await (access.Operator ? absent : foreign).SendAsync(http, route.Method);
            var none = await absent.SendAsync(http, route.Method);
            var mangled = await noId.SendAsync(http, route.Method);

            Assert.Equal((404, none.WithoutTraceId), (theirs.Status, theirs.WithoutTraceId));
            Assert.Equal((404, none.WithoutTraceId), (mangled.Status, mangled.WithoutTraceId));
            Assert.Equal((none.ETag, none.Type?.ToString()), (theirs.ETag, theirs.Type?.ToString()));
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Every_read_has_an_ETag_that_the_next_read_can_use(string operation)
    {
        var (route, access) = Find(operation);
        if (route.Method != "GET")
        {
            return;
        }

        var sample = await world.SampleAsync(route);
        var http = world.Service.For(access.Operator ? "operator" : access.BankRoles.Length > 0 ? Owner : Worker);
        var answer = (await sample.SendAsync(http, "GET")).Is(200);
        Assert.NotNull(answer.ETag);
        Assert.Empty((await http.CallAsync("GET", sample.Path, (string?)null, ("If-None-Match", answer.ETag!))).Is(304).Bytes);
    }

    // What stands between a bank and an agency is both sides'; a webhook is its tenant's alone.
    private static bool Owns(string operation, string tenant) =>
        tenant == Owner || (tenant == Worker && !operation.StartsWith("Webhooks_", StringComparison.Ordinal));

    private static (Route Route, Access Access) Find(string operation) =>
        (RouteList.All.Single(route => route.Operation == operation), Access.Table.TryGetValue(operation, out var access) ? access : throw new InvalidOperationException($"{operation} has no row in the table of who may."));

    private void AssertNothingForeign(string operation, string tenant, string body)
    {
        foreach (var id in (Guid[])[world.Story.Case.Id, world.Story.Case.Account.Id, world.Story.Portfolio.Id, world.Story.Agreement.Id, world.Story.Assignment.Id, world.Story.Import.Id])
        {
            Assert.False(body.Contains(id.ToString(), StringComparison.Ordinal), $"{operation} shows {tenant} a row of harbour's and swift's: {body}");
        }
    }
}
