using System.Text.Json;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Tenants;

/// <summary>What the operator makes. Raw where a body is one that the SDK would not write, or where a test looks for a secret in an answer's bytes.</summary>
public sealed class TenantVerbs
{
    private static readonly NewTenant Meridian = new() { Code = "meridian", Name = "Meridian Collections", Kind = TenantType.Agency, AgencyKind = AgencyKind.LawFirm };

    [Fact]
    public async Task The_operator_creates_a_tenant_and_finds_it_again()
    {
        await using var story = await Story.AtTenantsAsync();
        var operators = OperatorOf(story);

        var created = await operators.Tenants.CreateAsync(Meridian);

        Assert.Equal((201, $"/v1/tenants/{created.Id}"), (created.RawAnswer!.StatusCode, created.RawAnswer.Header("Location")));
        Assert.Equal(AgencyKind.LawFirm, (await operators.Tenants.GetAsync(created.Id)).AgencyKind);
        Assert.Equal(["operator", "harbour", "summit", "swift", "lantern", "meridian"], (await operators.Tenants.ListPageAsync()).Items.Select(tenant => tenant.Code));
        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'tenant.created' AND client_id = 'operator-api'"));
    }

    [Fact]
    public async Task Banks_and_agencies_create_no_tenants()
    {
        await using var story = await Story.AtTenantsAsync();

        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.Tenants.CreateAsync(Meridian));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Tenants.CreateAsync(Meridian));

        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_tenant WHERE code = 'meridian'"));
    }

    [Fact]
    public async Task A_code_is_given_once_and_the_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtTenantsAsync();
        var before = story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action <> 'request.refused'");

        await story.RefusesAsync(409, "tenant.code_taken", () => OperatorOf(story).Tenants.CreateAsync(new NewTenant { Code = "harbour", Name = "Harbour Again", Kind = TenantType.Bank }, CallOptions.WithKey("first")));

        Assert.Equal(before, story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action <> 'request.refused'"));
        Assert.Equal("0", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));
    }

    [Theory]
    [InlineData("""{"code":"Meridian","name":"Meridian","kind":"bank"}""", "/code")]
    [InlineData("""{"code":"meridian\n","name":"Meridian","kind":"bank"}""", "/code")]
    [InlineData("""{"code":"meridian","name":"","kind":"bank"}""", "/name")]
    [InlineData("""{"code":"meridian","name":"Meridian","kind":"operator"}""", "/kind")]
    [InlineData("""{"code":"meridian","name":"Meridian","kind":"bank","agencyKind":"law_firm"}""", "/agencyKind")]
    public async Task A_tenant_that_makes_no_sense_is_refused_at_its_field(string body, string pointer)
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.For("operator").CallAsync("POST", "/v1/tenants", body);

        Assert.Equal(pointer, answer.IsProblem(422, "request.invalid").Pointers[0]);
    }

    [Fact]
    public async Task The_same_key_creates_one_tenant()
    {
        await using var story = await Story.AtTenantsAsync();

        await story.ActsOnceAsync(key => OperatorOf(story).Tenants.CreateAsync(Meridian, CallOptions.WithKey(key)));

        Assert.Equal("1", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_tenant WHERE code = 'meridian'"));
    }

    [Fact]
    public async Task A_clients_secret_works_is_shown_once_and_stored_hashed()
    {
        await using var story = await Story.AtTenantsAsync();
        var (service, operators) = (story.Service, OperatorOf(story));
        var harbour = await IdOfAsync(story, "harbour");
        var client = new NewClient { ClientId = "harbour-loader", Name = "Loader", Scopes = ["portfolios:write", "agencies:read"] };

        var made = await operators.Clients.CreateAsync(harbour, client, CallOptions.WithKey("a-key"));
        var again = await operators.Clients.CreateAsync(harbour, client, CallOptions.WithKey("a-key"));

        var token = await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-loader", made.Secret!);
        Assert.NotEmpty((await new Side(service.With(token.GetProperty("access_token").GetString()!)).Agencies.ListPageAsync()).Items);

        Assert.True(again.RawAnswer!.IsReplay);
        Assert.Null(again.Secret);
        Assert.Equal(JsonSerializer.Serialize(made.Client), JsonSerializer.Serialize(again.Client));

        var hash = service.Database.Scalar("SELECT secret_hash FROM auth_client WHERE client_id = 'harbour-loader'");
        Assert.DoesNotContain(made.Secret!, hash, StringComparison.Ordinal);
        Assert.True(hash!.Length > 60);
        Assert.DoesNotContain(made.Secret!, (await operators.Http.CallAsync("GET", $"/v1/tenants/{harbour}/clients")).Is(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_is_granted_only_what_its_kind_of_tenant_can_have()
    {
        await using var story = await Story.AtTenantsAsync();
        var swift = await IdOfAsync(story, "swift");
        var greedy = new NewClient { ClientId = "swift-greedy", Name = "Greedy", Scopes = ["cases:read", "repayments:confirm", "tenants:write"] };

        var refusal = await story.RefusesAsync(422, "request.invalid", () => OperatorOf(story).Clients.CreateAsync(swift, greedy));

        Assert.Equal(["/scopes/1", "/scopes/2"], refusal.Errors!.Select(error => error.Pointer));
    }

    [Fact]
    public async Task Client_ids_and_addresses_are_given_once_in_the_whole_service()
    {
        await using var story = await Story.AtTenantsAsync();
        var (summit, operators) = (await IdOfAsync(story, "summit"), OperatorOf(story));

        await story.RefusesAsync(409, "client.id_taken", () => operators.Clients.CreateAsync(summit, new NewClient { ClientId = "harbour-api", Name = "Taken", Scopes = ["cases:read"] }));
        await story.RefusesAsync(409, "person.email_taken", () => operators.People.CreateAsync(summit, new NewPerson { Email = "Analyst@Harbour.example", Name = "Taken", Role = "analyst" }));
    }

    [Fact]
    public async Task A_person_signs_in_with_the_password_shown_once()
    {
        await using var story = await Story.AtTenantsAsync();
        var (swift, operators) = (await IdOfAsync(story, "swift"), OperatorOf(story));
        var person = new NewPerson { Email = "Second.Collector@swift.example", Name = "Second Collector", Role = "collector" };

        var made = await operators.People.CreateAsync(swift, person, CallOptions.WithKey("a-key"));
        var replayed = await operators.People.CreateAsync(swift, person, CallOptions.WithKey("a-key"));

        using var browser = new Browser(story.Service.Address);
        await browser.SignInAsync("second.collector@swift.example", made.Password!);
        Assert.Null(replayed.Password);
        Assert.Contains("second.collector@swift.example", (await operators.People.ListPageAsync(swift)).Items.Select(known => known.Email));
    }

    [Fact]
    public async Task A_role_of_another_kind_of_tenant_is_refused()
    {
        await using var story = await Story.AtTenantsAsync();
        var swift = await IdOfAsync(story, "swift");
        var analyst = new NewPerson { Email = "a@swift.example", Name = "A", Role = "analyst" };

        var refusal = await story.RefusesAsync(422, "request.invalid", () => OperatorOf(story).People.CreateAsync(swift, analyst));

        Assert.Equal("/role", refusal.Errors![0].Pointer);
    }

    [Fact]
    public async Task A_tenant_that_does_not_exist_is_not_found()
    {
        await using var story = await Story.AtTenantsAsync();
        var (nowhere, operators) = (Guid.Parse("0197f0e0-0000-7000-8000-000000000000"), OperatorOf(story));

        await story.RefusesAsync(404, "tenant.not_found", () => operators.Tenants.GetAsync(nowhere));
        await story.RefusesAsync(404, "tenant.not_found", () => operators.Clients.ListPageAsync(nowhere));
        await story.RefusesAsync(404, "tenant.not_found", () => operators.People.ListPageAsync(nowhere));
    }

    [Fact]
    public async Task Banks_see_the_agencies_and_agencies_do_not()
    {
        await using var story = await Story.AtTenantsAsync();

        var summit = await IdOfAsync(story, "summit");
        var agencies = (await story.Harbour.Agencies.ListPageAsync()).Items;

        Assert.Equal(2, agencies.Count);
        Assert.Equal(AgencyKind.LawFirm, (await story.Harbour.Agencies.GetAsync(agencies[1].Id)).Kind);
        await story.RefusesAsync(404, "agency.not_found", () => story.Harbour.Agencies.GetAsync(summit));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Agencies.ListPageAsync());
    }

    private static Side OperatorOf(Story story) => new(story.Service.For("operator"));

    private static async Task<Guid> IdOfAsync(Story story, string tenant) => Guid.Parse(await story.Service.IdOfAsync(tenant));
}
