using System.Net;
using Agency.Sdk;
using Agency.Tests.Identity;
using Agency.Tests.Support;

namespace Agency.Tests.Tenants;

/// <summary>The operator keeps people and clients out, and lets them in again. What their tokens are still good for is tried with requests of the plainest kind.</summary>
public sealed class StandingVerbs
{
    private const string Analyst = "analyst@harbour.example";

    [Fact]
    public async Task A_disabled_persons_tokens_stop_within_five_seconds_and_they_cannot_sign_in()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var given = await browser.SignInAsync(Analyst, TestDatabase.Password);
        using var analyst = service.With(given.GetProperty("access_token").GetString()!);
        var colleague = service.ForPerson("approver@harbour.example");
        Assert.Equal(HttpStatusCode.OK, (await analyst.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await colleague.GetAsync("/v1/agencies")).StatusCode);

        var disabled = await OperatorOf(service).People.DisableAsync(await PersonAsync(service, "harbour", Analyst));
        service.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TestDatabase.Start, disabled.DisabledAt);
        Assert.Equal(HttpStatusCode.Unauthorized, (await analyst.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await colleague.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await browser.RefreshAsync(given.GetProperty("refresh_token").GetString()!)));
        Assert.False(await browser.HasSessionAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'person.disabled' AND tenant_id = 1"));
    }

    [Fact]
    public async Task A_token_that_no_instance_has_seen_before_is_refused_too()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        using var analyst = service.With((await browser.SignInAsync(Analyst, TestDatabase.Password)).GetProperty("access_token").GetString()!);

        await OperatorOf(service).People.DisableAsync(await PersonAsync(service, "harbour", Analyst));
        service.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(HttpStatusCode.Unauthorized, (await analyst.GetAsync("/v1/agencies")).StatusCode);
    }

    [Fact]
    public async Task An_enabled_person_signs_in_again_and_what_they_had_before_stays_worthless()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        var given = await browser.SignInAsync(Analyst, TestDatabase.Password);
        using var former = service.With(given.GetProperty("access_token").GetString()!);
        var id = await PersonAsync(service, "harbour", Analyst);

        await OperatorOf(service).People.DisableAsync(id);
        var enabled = await OperatorOf(service).People.EnableAsync(id);
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(enabled.DisabledAt);
        Assert.Equal(HttpStatusCode.Unauthorized, (await former.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal("invalid_grant", await Connect.ErrorAsync(await browser.RefreshAsync(given.GetProperty("refresh_token").GetString()!)));
        Assert.False(await browser.HasSessionAsync());
        using var anew = service.With((await browser.SignInAsync(Analyst, TestDatabase.Password)).GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await anew.GetAsync("/v1/agencies")).StatusCode);
    }

    [Fact]
    public async Task A_disabled_clients_tokens_stop_within_five_seconds_and_it_gets_none()
    {
        await using var service = await TestService.StartAsync();
        var harbour = service.For("harbour");
        var summit = service.For("summit");
        Assert.Equal(HttpStatusCode.OK, (await harbour.GetAsync("/v1/agencies")).StatusCode);
        var id = await ClientAsync(service, "harbour");

        await OperatorOf(service).Clients.DisableAsync(id);
        service.Clock.Advance(TimeSpan.FromSeconds(5));
        var refused = await harbour.GetAsync("/v1/agencies");
        var token = await Connect.TryClientCredentialsAsync(service.Anonymous, "harbour-api", TestDatabase.SecretOf("harbour-api"));
        await OperatorOf(service).Clients.EnableAsync(id);
        service.Clock.Advance(TimeSpan.FromSeconds(2));
        using var anew = service.With((await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-api", TestDatabase.SecretOf("harbour-api"))).GetProperty("access_token").GetString()!);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (token.StatusCode, await Connect.ErrorAsync(token)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await harbour.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await anew.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await summit.GetAsync("/v1/agencies")).StatusCode);
        Assert.Equal("2", service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action IN ('client.disabled', 'client.enabled') AND detail = 'harbour-api'"));
    }

    [Fact]
    public async Task A_reset_gives_another_password_and_takes_codes_and_lock_away()
    {
        await using var service = await TestService.StartAsync();
        using var browser = new Browser(service.Address);
        await Codes.AddAsync(service, browser);
        for (var failure = 0; failure < 5; failure++)
        {
            await browser.SubmitAsync("/sign-in", Analyst, "wrong");
        }

        var id = await PersonAsync(service, "harbour", Analyst);
        var reset = await OperatorOf(service).People.ResetSignInAsync(id, CallOptions.WithKey("a-key"));
        var replayed = await OperatorOf(service).People.ResetSignInAsync(id, CallOptions.WithKey("a-key"));

        Assert.True(replayed.RawAnswer!.IsReplay);
        Assert.Null(replayed.Password);
        Assert.False(await browser.HasSessionAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
        await browser.SignInAsync(Analyst, reset.Password!);
        Assert.Equal("0", service.Database.Scalar("SELECT COUNT(*) FROM auth_recovery_code"));
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'person.sign_in_reset'"));
    }

    [Theory]
    [InlineData("people", "person")]
    [InlineData("clients", "client")]
    public async Task What_makes_no_sense_is_refused_and_leaves_no_trace(string kind, string noun)
    {
        await using var service = await TestService.StartAsync();
        var id = kind == "people" ? await PersonAsync(service, "harbour", Analyst) : await ClientAsync(service, "harbour");
        var portal = service.Database.Scalar("SELECT lower(hex(id)) FROM auth_client WHERE client_id = 'portal'")!;
        var operators = kind == "people" ? await PersonAsync(service, "operator", "operator@operator.example") : await ClientAsync(service, "operator");
        var asOperator = new Side(kind == "people" ? service.ForPerson("operator@operator.example") : service.For("operator"));
        await DoAsync(OperatorOf(service), id, disable: true);

        // But for that it was refused.
        const string deeds = "SELECT COUNT(*) FROM base_audit_entry WHERE action <> 'request.refused'";
        var before = service.Database.Scalar(deeds);

        await RefusesAsync($"{noun}.is_disabled", OperatorOf(service), id, disable: true);
        await RefusesAsync($"{noun}.is_enabled", OperatorOf(service), operators, disable: false);
        await RefusesAsync($"{noun}.is_caller", asOperator, operators, disable: true);
        await RefusesAsync($"{noun}.not_found", OperatorOf(service), Guid.CreateVersion7(), disable: true);
        await RefusesAsync($"{noun}.not_found", OperatorOf(service), Guid.Parse(portal), disable: true);

        Assert.Equal(before, service.Database.Scalar(deeds));

        async Task RefusesAsync(string code, Side by, Guid whom, bool disable)
        {
            var refusal = await Assert.ThrowsAnyAsync<AgencyException>(() => DoAsync(by, whom, disable));
            Assert.Equal((code.EndsWith("found", StringComparison.Ordinal) ? 404 : 409, code), (refusal.StatusCode, refusal.Code));
        }

        Task DoAsync(Side by, Guid whom, bool disable) => (kind, disable) switch
        {
            ("people", true) => by.People.DisableAsync(whom),
            ("people", false) => by.People.EnableAsync(whom),
            (_, true) => by.Clients.DisableAsync(whom),
            (_, false) => by.Clients.EnableAsync(whom),
        };
    }

    [Fact]
    public async Task The_lists_say_who_is_disabled()
    {
        await using var service = await TestService.StartAsync();
        await OperatorOf(service).People.DisableAsync(await PersonAsync(service, "harbour", Analyst));
        await OperatorOf(service).Clients.DisableAsync(await ClientAsync(service, "harbour"));

        var people = await PeopleAsync(service, "harbour");
        var clients = await ClientsAsync(service, "harbour");

        Assert.Equal([Analyst], people.Where(person => person.DisabledAt is not null).Select(person => person.Email));
        Assert.All(clients, client => Assert.NotNull(client.DisabledAt));
    }

    private static Side OperatorOf(TestService service) => new(service.For("operator"));

    private static async Task<Guid> PersonAsync(TestService service, string tenant, string email) => (await PeopleAsync(service, tenant)).First(person => person.Email == email).Id;

    private static async Task<Guid> ClientAsync(TestService service, string tenant) => (await ClientsAsync(service, tenant))[0].Id;

    private static async Task<List<Person>> PeopleAsync(TestService service, string tenant) => await OperatorOf(service).People.ListAsync(Guid.Parse(await service.IdOfAsync(tenant))).ToListAsync();

    private static async Task<List<ApiClient>> ClientsAsync(TestService service, string tenant) => await OperatorOf(service).Clients.ListAsync(Guid.Parse(await service.IdOfAsync(tenant))).ToListAsync();
}
