using System.Net;
using System.Text.RegularExpressions;
using Agency.Api.Events;
using Agency.Api.Tenancy;
using Agency.Portal.Pages.Tenants;
using Agency.Portal.Pages.Webhooks;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Portal;

/// <summary>What the operator does for tenants, and those who connect systems and look after what was done: secrets that are shown once, webhooks, the audit log.</summary>
public sealed partial class Operating(PortalService portal) : IClassFixture<PortalService>
{
    private const string Operator = "operator@operator.example";
    private const string Manager = "manager@swift.example";

    [Fact]
    public async Task A_tenant_is_created_and_what_is_wrong_with_it_can_be_mended()
    {
        using var visitor = new Visitor(portal.Address);
        var list = await visitor.SignInAsync(Operator, "/tenants");
        Assert.Contains("Harbour Bank", list.Html, StringComparison.Ordinal);
        var refused = await visitor.SubmitAsync(list, "/tenants?handler=Create", ("Name", "River Recovery"), ("Code", "River!"), ("Kind", "agency"), ("AgencyKind", "law_firm"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("value=\"River!\"", refused.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"#tenant-code\"", refused.Html, StringComparison.Ordinal);

        var made = await visitor.SubmitAsync(refused, "/tenants?handler=Create", ("Name", "River Recovery"), ("Code", "river"), ("Kind", "agency"), ("AgencyKind", "law_firm"));
        Assert.Contains("The tenant is created.", made.Html, StringComparison.Ordinal);
        var tenant = await OperatorSide.Tenants.GetAsync(Guid.Parse(made.Address.Segments[^1]));
        Assert.Equal(("river", AgencyKind.LawFirm), (tenant.Code, tenant.AgencyKind));
        var taken = await visitor.SubmitAsync(await visitor.OpenAsync("/tenants"), "/tenants?handler=Create", ("Name", "Another"), ("Code", "river"), ("Kind", "bank"));
        Assert.Equal(HttpStatusCode.Conflict, taken.Status);
        Assert.Contains("Another tenant has this code.", taken.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_password_is_shown_once_and_a_reload_adds_nobody()
    {
        var tenant = await TenantAsync("swift");
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync(Operator, $"/tenants/{tenant}");
        (string, string)[] typed = [("NewPerson.Name", "Newcomer"), ("NewPerson.Email", "newcomer@swift.example"), ("NewPerson.Role", "collector")];
        var made = await visitor.SubmitAsync(page, $"/tenants/{tenant}?handler=Person", typed);
        var password = SecretOf(made);
        Assert.Equal("no-store", made.Header("Cache-Control"));
        Assert.DoesNotContain(password, made.Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.DoesNotContain(visitor.Cookies.GetAllCookies(), cookie => cookie.Value.Contains(password, StringComparison.Ordinal));

        var again = await visitor.SubmitAsync(page, $"/tenants/{tenant}?handler=Person", typed);
        Assert.Contains("shown again", again.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(password, again.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(password, (await visitor.OpenAsync($"/tenants/{tenant}")).Html, StringComparison.Ordinal);
        Assert.Single((await OperatorSide.People.ListPageAsync(tenant, 1000)).Items, person => person.Email == "newcomer@swift.example");

        using var newcomer = new Visitor(portal.Address);
        var form = await newcomer.OpenAsync("/me");
        Assert.Equal("/me", (await newcomer.SubmitAsync(form, "/sign-in", ("email", "newcomer@swift.example"), ("password", password))).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_sign_in_is_reset_and_a_person_kept_out_and_let_in_again()
    {
        var tenant = await TenantAsync("lantern");
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync(Operator, $"/tenants/{tenant}");
        var first = (await OperatorSide.People.ListPageAsync(tenant)).Items[0];
        Assert.NotEmpty(SecretOf(await visitor.SubmitAsync(page, $"/tenants/{tenant}?handler=Reset")));
        var disabled = await visitor.SubmitAsync(page, $"/tenants/{tenant}?handler=DisablePerson");
        Assert.Contains("The person is kept out.", disabled.Html, StringComparison.Ordinal);
        Assert.NotNull((await OperatorSide.People.ListPageAsync(tenant)).Items.Single(person => person.Id == first.Id).DisabledAt);
        await visitor.SubmitAsync(disabled, $"/tenants/{tenant}?handler=EnablePerson");
        Assert.Null((await OperatorSide.People.ListPageAsync(tenant)).Items.Single(person => person.Id == first.Id).DisabledAt);
    }

    [Fact]
    public async Task A_client_s_secret_is_shown_once_and_its_scopes_are_chosen()
    {
        var tenant = await TenantAsync("harbour");
        using var visitor = new Visitor(portal.Address);
        var page = await visitor.SignInAsync(Operator, $"/tenants/{tenant}");
        (string, string)[] typed = [("NewClient.ClientId", "harbour-core"), ("NewClient.Name", "Core banking"), ("NewClient.Scopes", "accounts:read"), ("NewClient.Scopes", "cases:read")];
        var none = await visitor.SubmitAsync(page, $"/tenants/{tenant}?handler=Client", typed[..2]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, none.Status);
        Assert.Contains("value=\"harbour-core\"", none.Html, StringComparison.Ordinal);

        var secret = SecretOf(await visitor.SubmitAsync(none, $"/tenants/{tenant}?handler=Client", typed));
        Assert.DoesNotContain(secret, (await visitor.SubmitAsync(none, $"/tenants/{tenant}?handler=Client", typed)).Html, StringComparison.Ordinal);
        var made = Assert.Single((await OperatorSide.Clients.ListPageAsync(tenant)).Items, client => client.ClientId == "harbour-core");
        Assert.Equal(["accounts:read", "cases:read"], made.Scopes.Order());
        using var credentials = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "harbour-core"), new("client_secret", secret)]);
        Assert.Equal(HttpStatusCode.OK, (await portal.Api.Anonymous.PostAsync(new Uri("/connect/token", UriKind.Relative), credentials)).StatusCode);
    }

    [Fact]
    public void What_a_client_can_be_granted_is_what_the_API_grants()
    {
        Assert.Equal(Roles.ClientScopes(Api.Data.TenantKind.Bank), ClientScopes.Of(TenantType.Bank));
        Assert.Equal(Roles.ClientScopes(Api.Data.TenantKind.Agency), ClientScopes.Of(TenantType.Agency));
        Assert.Equal(Roles.ClientScopes(Api.Data.TenantKind.Operator), ClientScopes.Of(TenantType.Operator));
        Assert.Equal(Roles.Of(Api.Data.TenantKind.Bank), ClientScopes.RolesOf(TenantType.Bank));
        Assert.Equal(Roles.Of(Api.Data.TenantKind.Agency), ClientScopes.RolesOf(TenantType.Agency));
        Assert.Equal(EventTypes.Kinds.Order(StringComparer.Ordinal), EventChoice.Kinds);
    }

    [Fact]
    public async Task A_webhook_is_subscribed_tried_changed_and_deleted()
    {
        using var visitor = new Visitor(portal.Address);
        var list = await visitor.SignInAsync(Manager, "/webhooks");
        var refused = await visitor.SubmitAsync(list, "/webhooks?handler=Create", ("Address", "http://localhost/"), ("Events.Ticked", "case.*"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("href=\"#create-url\"", refused.Html, StringComparison.Ordinal);

        (string, string)[] typed = [("Address", "https://hooks.swift.example/hook"), ("Events.Ticked", "case.*"), ("Events.Others", "repayment.confirmed")];
        var secret = SecretOf(await visitor.SubmitAsync(list, "/webhooks?handler=Create", typed));
        Assert.DoesNotContain(secret, (await visitor.SubmitAsync(list, "/webhooks?handler=Create", typed)).Html, StringComparison.Ordinal);
        var made = Assert.Single((await Swift.Webhooks.ListPageAsync()).Items);
        Assert.Equal(["case.*", "repayment.confirmed"], made.Types);

        var page = await visitor.OpenAsync($"/webhooks/{made.Id}");
        Assert.DoesNotContain(secret, page.Html, StringComparison.Ordinal);
        var tested = await visitor.SubmitAsync(page, $"/webhooks/{made.Id}?handler=Test");
        var delivery = (await Swift.Webhooks.ListDeliveriesPageAsync(made.Id)).Items.Single();
        Assert.Contains($"/webhooks/deliveries/{delivery.Id}", tested.Html, StringComparison.Ordinal);
        Assert.Contains($"{delivery.MessageId}", (await visitor.OpenAsync($"/webhooks/deliveries/{delivery.Id}")).Html, StringComparison.Ordinal);

        Assert.NotEqual(secret, SecretOf(await visitor.SubmitAsync(page, $"/webhooks/{made.Id}?handler=Rotate")));
        var fresh = await visitor.OpenAsync($"/webhooks/{made.Id}");
        var changed = await visitor.SubmitAsync(fresh, $"/webhooks/{made.Id}?handler=Change", ("Address", "https://hooks.swift.example/other"), ("Events.Ticked", "*"));
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal(["*"], (await Swift.Webhooks.GetAsync(made.Id)).Types);
        var stale = await visitor.SubmitAsync(fresh, $"/webhooks/{made.Id}?handler=Switch");
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal(WebhookState.Enabled, (await Swift.Webhooks.GetAsync(made.Id)).State);

        Assert.Contains("Say from when", (await visitor.SubmitAsync(changed, $"/webhooks/{made.Id}?handler=Replay", ("From", "2026-01-01T00:00"))).Html, StringComparison.Ordinal);
        var hour = portal.Clock.GetUtcNow().ToOffset(TimeSpan.FromHours(8));
        var replayed = await visitor.SubmitAsync(changed, $"/webhooks/{made.Id}?handler=Replay", ("From", $"{hour.AddHours(-1):yyyy-MM-ddTHH:mm}"), ("To", $"{hour.AddHours(1):yyyy-MM-ddTHH:mm}"));
        Assert.Contains("queued to be sent again", replayed.Html, StringComparison.Ordinal);
        Assert.True((await Swift.Webhooks.ListDeliveriesPageAsync(made.Id)).Items.Count > 1);

        Assert.Equal("/webhooks", (await visitor.SubmitAsync(replayed, $"/webhooks/{made.Id}?handler=Delete")).Address.AbsolutePath);
        Assert.DoesNotContain((await Swift.Webhooks.ListPageAsync()).Items, one => one.Id == made.Id && one.State != WebhookState.Removed);
    }

    [Fact]
    public async Task The_audit_log_is_searched_and_taken_away_as_CSV()
    {
        await Swift.Teams.CreateAsync(new NewTeam { Name = "For the log" });
        using var visitor = new Visitor(portal.Address);
        var all = await visitor.SignInAsync(Manager, "/audit-log?from=2000-01-01&what=team.created");
        Assert.Contains("<th scope=\"row\" role=\"rowheader\" class=\"stacked\" data-label=\"Action\">Team created <small>team.created</small></th>", all.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(">case.distributed</small></th>", all.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(">team.created</small></th>", (await visitor.OpenAsync("/audit-log?from=2000-01-01&to=2000-01-02")).Html, StringComparison.Ordinal);

        var malformed = await visitor.OpenAsync("/audit-log?subject=nonsense");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, malformed.Status);
        Assert.Contains("value=\"nonsense\"", malformed.Html, StringComparison.Ordinal);

        var file = await visitor.OpenAsync("/audit-log?from=2000-01-01&what=team.created&handler=Csv");
        Assert.Equal("text/csv", file.Answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("audit-log-swift-", file.Answer.Content.Headers.ContentDisposition?.FileName, StringComparison.Ordinal);
        Assert.Contains("trailer,", file.Html, StringComparison.Ordinal);
    }

    private Side Swift => new(portal.Api.For("swift"));

    private AgencyClient OperatorSide => new(portal.Api.For("operator"), new AgencyClientOptions { MaxRetries = 0 });

    private async Task<Guid> TenantAsync(string code) => (await OperatorSide.Tenants.ListPageAsync(1000)).Items.Single(tenant => tenant.Code == code).Id;

    private static string SecretOf(Page page) => WebUtility.HtmlDecode(Secret().Match(page.Html).Groups["it"].Value) is { Length: > 0 } secret ? secret : throw new InvalidOperationException(page.Html);

    [GeneratedRegex("<code class=\"secret\">(?<it>[^<]+)</code>")]
    private static partial Regex Secret();
}
