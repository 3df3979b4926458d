using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Agency.Tests.Support;

namespace Agency.Tests.Tenants;

public sealed class TenantVerbs
{
    [Fact]
    public async Task The_operator_creates_a_tenant_and_finds_it_again()
    {
        await using var service = await TestService.StartAsync();
        var operators = service.For("operator");

        var created = await operators.PostAsJsonAsync("/v1/tenants", new { code = "meridian", name = "Meridian Collections", kind = "agency", agencyKind = "law_firm" });

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var tenant = await created.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"/v1/tenants/{tenant.GetProperty("id").GetString()}", created.Headers.Location?.OriginalString);
        var read = await operators.GetFromJsonAsync<JsonElement>(created.Headers.Location);
        Assert.Equal("law_firm", read.GetProperty("agencyKind").GetString());
        var list = await operators.GetFromJsonAsync<JsonElement>("/v1/tenants");
        Assert.Equal(["operator", "harbour", "summit", "swift", "lantern", "meridian"], list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("code").GetString()));
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'tenant.created' AND client_id = 'operator-api'"));
    }

    [Theory]
    [InlineData("harbour", "auth.missing_scope")]
    [InlineData("swift", "auth.missing_scope")]
    public async Task Banks_and_agencies_create_no_tenants(string tenant, string error)
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.For(tenant).PostAsJsonAsync("/v1/tenants", new { code = "meridian", name = "Meridian", kind = "bank" });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(error, await Connect.ErrorAsync(answer));
        Assert.Equal("0", service.Database.Scalar("SELECT COUNT(*) FROM base_tenant WHERE code = 'meridian'"));
    }

    [Fact]
    public async Task A_code_is_given_once_and_the_refusal_leaves_no_trace()
    {
        await using var service = await TestService.StartAsync();
        var before = service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action <> 'request.refused'");
        using var request = Post("/v1/tenants", "first", new { code = "harbour", name = "Harbour Again", kind = "bank" });

        var answer = await service.For("operator").SendAsync(request);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("tenant.code_taken", await Connect.ErrorAsync(answer));
        Assert.Equal(before, service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action <> 'request.refused'"));
        Assert.Equal("0", service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));
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
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        var answer = await service.For("operator").PostAsync("/v1/tenants", content);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(pointer, problem.GetProperty("errors")[0].GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task The_same_key_creates_one_tenant()
    {
        await using var service = await TestService.StartAsync();
        using var first = Post("/v1/tenants", "a-key", new { code = "meridian", name = "Meridian", kind = "bank" });
        using var second = Post("/v1/tenants", "a-key", new { code = "meridian", name = "Meridian", kind = "bank" });

        var made = await service.For("operator").SendAsync(first);
        var replayed = await service.For("operator").SendAsync(second);

        Assert.Equal("true", replayed.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(await made.Content.ReadAsStringAsync(), await replayed.Content.ReadAsStringAsync());
        Assert.Equal("1", service.Database.Scalar("SELECT COUNT(*) FROM base_tenant WHERE code = 'meridian'"));
    }

    [Fact]
    public async Task A_clients_secret_works_is_shown_once_and_stored_hashed()
    {
        await using var service = await TestService.StartAsync();
        var address = $"/v1/tenants/{await service.IdOfAsync("harbour")}/clients";
        var client = new { clientId = "harbour-loader", name = "Loader", scopes = new[] { "portfolios:write", "agencies:read" } };
        using var first = Post(address, "a-key", client);
        using var second = Post(address, "a-key", client);

        var made = await Connect.ReadAsync(await service.For("operator").SendAsync(first));
        var replayed = await service.For("operator").SendAsync(second);

        var secret = made.GetProperty("secret").GetString()!;
        var token = await Connect.ClientCredentialsAsync(service.Anonymous, "harbour-loader", secret);
        using var loader = service.With(token.GetProperty("access_token").GetString()!);
        Assert.Equal(HttpStatusCode.OK, (await loader.GetAsync("/v1/agencies")).StatusCode);

        Assert.Equal("true", replayed.Headers.GetValues("Idempotency-Replayed").Single());
        var again = await Connect.ReadAsync(replayed);
        Assert.False(again.TryGetProperty("secret", out _));
        Assert.Equal(made.GetProperty("client").GetRawText(), again.GetProperty("client").GetRawText());

        var hash = service.Database.Scalar("SELECT secret_hash FROM auth_client WHERE client_id = 'harbour-loader'");
        Assert.DoesNotContain(secret, hash, StringComparison.Ordinal);
        Assert.True(hash!.Length > 60);
        Assert.DoesNotContain(secret, await service.For("operator").GetStringAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_is_granted_only_what_its_kind_of_tenant_can_have()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.For("operator").PostAsJsonAsync(
            $"/v1/tenants/{await service.IdOfAsync("swift")}/clients",
            new { clientId = "swift-greedy", name = "Greedy", scopes = new[] { "cases:read", "repayments:confirm", "tenants:write" } });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var errors = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(["/scopes/1", "/scopes/2"], errors.EnumerateArray().Select(error => error.GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task Client_ids_and_addresses_are_given_once_in_the_whole_service()
    {
        await using var service = await TestService.StartAsync();
        var summit = await service.IdOfAsync("summit");

        var client = await service.For("operator").PostAsJsonAsync($"/v1/tenants/{summit}/clients", new { clientId = "harbour-api", name = "Taken", scopes = new[] { "cases:read" } });
        var person = await service.For("operator").PostAsJsonAsync($"/v1/tenants/{summit}/people", new { email = "Analyst@Harbour.example", name = "Taken", role = "analyst" });

        Assert.Equal((HttpStatusCode.Conflict, "client.id_taken"), (client.StatusCode, await Connect.ErrorAsync(client)));
        Assert.Equal((HttpStatusCode.Conflict, "person.email_taken"), (person.StatusCode, await Connect.ErrorAsync(person)));
    }

    [Fact]
    public async Task A_person_signs_in_with_the_password_shown_once()
    {
        await using var service = await TestService.StartAsync();
        var address = $"/v1/tenants/{await service.IdOfAsync("swift")}/people";
        var person = new { email = "Second.Collector@swift.example", name = "Second Collector", role = "collector" };
        using var first = Post(address, "a-key", person);
        using var second = Post(address, "a-key", person);

        var made = await Connect.ReadAsync(await service.For("operator").SendAsync(first));
        var replayed = await Connect.ReadAsync(await service.For("operator").SendAsync(second));

        using var browser = new Browser(service.Address);
        await browser.SignInAsync("second.collector@swift.example", made.GetProperty("password").GetString()!);
        Assert.False(replayed.TryGetProperty("password", out _));
        Assert.Contains("second.collector@swift.example", await service.For("operator").GetStringAsync(address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_of_another_kind_of_tenant_is_refused()
    {
        await using var service = await TestService.StartAsync();

        var answer = await service.For("operator").PostAsJsonAsync($"/v1/tenants/{await service.IdOfAsync("swift")}/people", new { email = "a@swift.example", name = "A", role = "analyst" });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("/role", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("pointer").GetString());
    }

    [Fact]
    public async Task A_tenant_that_does_not_exist_is_not_found()
    {
        await using var service = await TestService.StartAsync();
        var operators = service.For("operator");

        foreach (var address in new[] { "", "/clients", "/people" })
        {
            var answer = await operators.GetAsync($"/v1/tenants/0197f0e0-0000-7000-8000-000000000000{address}");
            Assert.Equal((HttpStatusCode.NotFound, "tenant.not_found"), (answer.StatusCode, await Connect.ErrorAsync(answer)));
        }
    }

    [Fact]
    public async Task Banks_see_the_agencies_and_agencies_do_not()
    {
        await using var service = await TestService.StartAsync();

        var list = await service.For("harbour").GetFromJsonAsync<JsonElement>("/v1/agencies");
        var lantern = list.GetProperty("items")[1];
        var read = await service.For("harbour").GetFromJsonAsync<JsonElement>($"/v1/agencies/{lantern.GetProperty("id").GetString()}");
        var bank = await service.For("harbour").GetAsync($"/v1/agencies/{await service.IdOfAsync("summit")}");

        Assert.Equal(2, list.GetProperty("items").GetArrayLength());
        Assert.Equal("law_firm", read.GetProperty("kind").GetString());
        Assert.Equal("agency.not_found", await Connect.ErrorAsync(bank));
        Assert.Equal(HttpStatusCode.Forbidden, (await service.For("swift").GetAsync("/v1/agencies")).StatusCode);
    }

    private static HttpRequestMessage Post(string address, string key, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        return request;
    }
}
