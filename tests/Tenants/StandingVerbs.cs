using System.Net;
using System.Text.Json;
using Agency.Tests.Http;
using Agency.Tests.Identity;
using Agency.Tests.Support;

namespace Agency.Tests.Tenants;

/// <summary>The operator keeps people and clients out, and lets them in again.</summary>
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

        var disabled = await DoAsync(service, "people", await PersonAsync(service, "harbour", Analyst), "disablement");
        service.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("2026-03-02T02:00:00.000Z", disabled.Is(200).Json.GetProperty("disabledAt").GetString());
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

        (await DoAsync(service, "people", await PersonAsync(service, "harbour", Analyst), "disablement")).Is(200);
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

        (await DoAsync(service, "people", id, "disablement")).Is(200);
        var enabled = await DoAsync(service, "people", id, "enablement");
        service.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False(enabled.Is(200).Json.TryGetProperty("disabledAt", out _));
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

        (await DoAsync(service, "clients", id, "disablement")).Is(200);
        service.Clock.Advance(TimeSpan.FromSeconds(5));
        var refused = await harbour.GetAsync("/v1/agencies");
        var token = await Connect.TryClientCredentialsAsync(service.Anonymous, "harbour-api", TestDatabase.SecretOf("harbour-api"));
        (await DoAsync(service, "clients", id, "enablement")).Is(200);
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
        var reset = await service.For("operator").CallAsync("POST", $"/v1/people/{id}/sign-in-reset", (string?)null, ("Idempotency-Key", "a-key"));
        var replayed = await service.For("operator").CallAsync("POST", $"/v1/people/{id}/sign-in-reset", (string?)null, ("Idempotency-Key", "a-key"));

        var password = reset.Is(200).Json.GetProperty("password").GetString()!;
        Assert.True(replayed.Replayed);
        Assert.False(replayed.Json.TryGetProperty("password", out _));
        Assert.False(await browser.HasSessionAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/sign-in", Analyst, TestDatabase.Password)).StatusCode);
        await browser.SignInAsync(Analyst, password);
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
        var asOperator = kind == "people" ? service.ForPerson("operator@operator.example") : service.For("operator");
        (await DoAsync(service, kind, id, "disablement")).Is(200);

        // But for that it was refused.
        const string deeds = "SELECT COUNT(*) FROM base_audit_entry WHERE action <> 'request.refused'";
        var before = service.Database.Scalar(deeds);

        (await DoAsync(service, kind, id, "disablement")).IsProblem(409, $"{noun}.is_disabled");
        (await DoAsync(service, kind, operators, "enablement")).IsProblem(409, $"{noun}.is_enabled");
        (await asOperator.CallAsync("POST", $"/v1/{kind}/{operators}/disablement")).IsProblem(409, $"{noun}.is_caller");
        (await DoAsync(service, kind, Guid.CreateVersion7(), "disablement")).IsProblem(404, $"{noun}.not_found");
        (await DoAsync(service, kind, Guid.Parse(portal), "disablement")).IsProblem(404, $"{noun}.not_found");

        Assert.Equal(before, service.Database.Scalar(deeds));
    }

    [Fact]
    public async Task The_lists_say_who_is_disabled()
    {
        await using var service = await TestService.StartAsync();
        (await DoAsync(service, "people", await PersonAsync(service, "harbour", Analyst), "disablement")).Is(200);
        (await DoAsync(service, "clients", await ClientAsync(service, "harbour"), "disablement")).Is(200);

        var people = await ListAsync(service, "harbour", "people");
        var clients = await ListAsync(service, "harbour", "clients");

        Assert.Equal([Analyst], people.Where(person => person.TryGetProperty("disabledAt", out _)).Select(person => person.GetProperty("email").GetString()));
        Assert.All(clients, client => Assert.True(client.TryGetProperty("disabledAt", out _)));
    }

    private static Task<Reply> DoAsync(TestService service, string kind, Guid id, string deed) => service.For("operator").CallAsync("POST", $"/v1/{kind}/{id}/{deed}");

    private static async Task<Guid> PersonAsync(TestService service, string tenant, string email) =>
        (await ListAsync(service, tenant, "people")).First(person => person.GetProperty("email").GetString() == email).GetProperty("id").GetGuid();

    private static async Task<Guid> ClientAsync(TestService service, string tenant) => (await ListAsync(service, tenant, "clients"))[0].GetProperty("id").GetGuid();

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(TestService service, string tenant, string kind) =>
        [.. (await service.For("operator").CallAsync("GET", $"/v1/tenants/{await service.IdOfAsync(tenant)}/{kind}")).Is(200).Json.GetProperty("items").EnumerateArray()];
}
