using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using Agency.Api;
using Agency.Api.Http;
using Agency.Portal;
using Agency.Tests.Http;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Agency.Tests.Wholesome;

/// <summary>What the compiler can't see: every refusal is in the catalogue, every route behind its scope, the portal off the database.</summary>
public sealed partial class CodeTests
{
    // Any address can answer with these, so no operation lists them.
    private static readonly string[] OfNoOperation =
    [
        "route.not_found", "route.method_not_allowed", "request.not_acceptable", "request.too_many", "service.busy", "service.internal_error", "service.not_ready",
        "evidence_file.link_expired",
    ];

    [Fact]
    public void Every_problem_has_a_code_of_its_own_a_status_and_a_title_in_both_languages()
    {
        var problems = Problems();

        Assert.True(problems.Count > 30, "The catalogue was not found.");
        Assert.Equal(problems.Count, problems.Select(p => p.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(problems, p =>
        {
            Assert.Matches(NounReason(), p.Code);
            Assert.InRange(p.Status, 400, 503);
            Assert.True(p.Title.EndsWith('.') && char.IsLetter(p.Title[0]) && !Chinese().IsMatch(p.Title), $"{p.Code}: {p.Title}");
            Assert.True(p.TitleZh.EndsWith('。') && Chinese().IsMatch(p.TitleZh), $"{p.Code}: {p.TitleZh}");
        });
    }

    [Fact]
    public async Task Every_problem_is_documented_under_its_status()
    {
        var documented = (await Contract.ReadAsync()).Operations.SelectMany(o => o.Codes).ToHashSet();

        var problems = Problems();
        Assert.Equal([], problems.Where(p => !OfNoOperation.Contains(p.Code, StringComparer.Ordinal) && !documented.Contains((p.Status, p.Code))).Select(p => p.Code).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal([], documented.Select(d => d.Code).Except(problems.Select(p => p.Code), StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Every_problem_is_explained_at_its_type()
    {
        await using var service = await TestService.StartAsync();
        var index = (await service.Anonymous.CallAsync("GET", "/problems")).Is(200).Text;
        foreach (var problem in Problems())
        {
            using var answer = await service.Anonymous.GetAsync(new Uri(ProblemCatalogue.AddressOf(problem), UriKind.Relative));
            var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

            Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.All(new[] { problem.Code, $"{problem.Status} ", problem.Title, problem.TitleZh, "<h2>What to do</h2>", "处理方法" }, text => Assert.Contains(text, page, StringComparison.Ordinal));
            Assert.Equal((await Contract.ReadAsync()).Operations.Where(o => o.Codes.Any(c => c.Code == problem.Code)).Select(o => o.Id).Order(StringComparer.Ordinal), OperationId().Matches(page).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal), StringComparer.Ordinal);
            Assert.Contains($"href=\"/problems/{problem.Code}\"", index, StringComparison.Ordinal);
        }

        (await service.Anonymous.CallAsync("GET", "/problems/no.such")).IsProblem(404, "route.not_found");
    }

    [Fact]
    public async Task Every_route_under_v1_asks_for_a_scope_and_goes_through_the_pipeline()
    {
        using var database = TestDatabase.Empty();
        await using var app = ApiApp.Build([], builder => database.Configure(builder, new FakeTimeProvider(TestDatabase.Start)));
        var routes = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().ToList();
        var v1 = routes.Where(route => route.RoutePattern.RawText!.StartsWith("/v1", StringComparison.Ordinal)).ToList();

        Assert.Equal((await Contract.ReadAsync()).Operations.Count(), v1.Count);
        Assert.All(v1, route => Assert.True(
            route.Metadata.GetMetadata<RequiredScope>() is { } scope && route.Metadata.GetMetadata<AuthorizationPolicy>() is { Requirements.Count: >= 2 } && Api.Tenancy.Scopes.All.ContainsKey(scope.Scope),
            route.DisplayName));
        Assert.Equal(
            "/account /account/code /account/password /account/sessions /connect/authorize /connect/logout /connect/token /evidence-downloads/{token} /health/live /health/ready /openapi.yaml /problems /problems/{code}",
            string.Join(' ', routes.Except(v1).Select(route => route.RoutePattern.RawText!).Where(path => !path.StartsWith("/sign-in", StringComparison.Ordinal) && !path.StartsWith("/docs", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_portal_knows_the_SDK_and_no_database()
    {
        var names = typeof(PortalApp).Assembly.GetReferencedAssemblies().Select(name => name.Name!).ToList();

        Assert.Contains("Agency.Sdk", names);
        Assert.DoesNotContain(names, name => name is "Agency.Api" or "Agency.Db" or "Agency.Host" or "Dapper" or "System.Data.Common" || name.Contains("Sql", StringComparison.OrdinalIgnoreCase) || name.Contains("DbUp", StringComparison.OrdinalIgnoreCase));
        var project = Repository.Read("portal/Agency.Portal.csproj");
        Assert.Equal("../sdk/Agency.Sdk.csproj", string.Join(' ', ProjectReference().Matches(project).Select(match => match.Groups[1].Value)));
        Assert.DoesNotMatch("PackageReference Include=\"[^\"]*(Sql|Dapper|DbUp)", project);
    }

    [Fact]
    public void The_client_is_generated_from_this_contract_and_says_so()
    {
        var client = Repository.Read("sdk/Generated/AgencyClients.g.cs");

        Assert.StartsWith("// <auto-generated>", client, StringComparison.Ordinal);
        Assert.All(Routes.RouteList.All, route =>
        {
            var (owner, verb) = (route.Operation.Split('_')[0], route.Operation.Split('_')[1]);
            var method = typeof(Sdk.AccountsClient).Assembly.GetType($"Agency.Sdk.{owner}Client")?.GetMethods().Any(m => m.Name == $"{verb}Async");
            Assert.True(method, $"{route.Operation}: dotnet build sdk -t:Generate");
        });
    }

    private static List<Problem> Problems() =>
    [
        .. typeof(ApiApp).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType == typeof(Problem) && !field.Name.Contains('<', StringComparison.Ordinal))
            .Select(field => (Problem)field.GetValue(null)!),
    ];

    [GeneratedRegex(@"^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$")]
    private static partial Regex NounReason();

    [GeneratedRegex("<code>([A-Z][A-Za-z]+_[A-Za-z]+)</code>")]
    private static partial Regex OperationId();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();

    [GeneratedRegex("ProjectReference Include=\"([^\"]*)\"")]
    private static partial Regex ProjectReference();
}
