using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Cases;

public sealed class RevealTests
{
    private const string Name = "Example Wanderer";
    private const string Phone = "+8610000000077";
    private const string Email = "wanderer@example.test";
    private const string IdNumber = "TEST0000ID7788";
    private const string Address = "1 Nowhere Road, Exampleville";

    private static readonly RevealReason Reason = new() { Reason = "The debtor asked to be called back" };

    [Fact]
    public async Task Every_answer_masks_the_debtor_until_it_is_revealed()
    {
        await using var story = await AtCaseAsync();

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            var @case = Assert.Single(await side.AllCasesAsync());
            Assert.Equal(("E***************", "**********7788"), (@case.Account.Debtor.Name, @case.Account.Debtor.IdNumber));
            string[] addresses =
            [
                "/v1/cases", $"/v1/cases/{@case.Id}", $"/v1/cases/{@case.Id}/contact-points", "/v1/accounts", $"/v1/accounts/{@case.Account.Id}",
                $"/v1/accounts/{@case.Account.Id}/ledger-entries", "/v1/assignments",
            ];
            foreach (var address in addresses)
            {
                var answer = await side.Http.GetAsync(new Uri(address, UriKind.Relative));
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.IsSuccessStatusCode, text);
                Assert.All([Name, "Wanderer", Phone, "10000000077", "wanderer", IdNumber, "0000ID", Address, "Exampleville"], value => Assert.DoesNotContain(value, text, StringComparison.OrdinalIgnoreCase));
            }

            var points = (await side.ContactPoints.ListAsync(@case.Id)).Items.ToDictionary(point => point.Kind, point => point.Value);
            Assert.Equal(("+86*********77", "w*******@example.test", "1 Nowh**********************"), (points[ContactPointKind.Phone], points[ContactPointKind.Email], points[ContactPointKind.Address]));
        }
    }

    [Fact]
    public async Task A_reveal_shows_all_and_is_written_down_once_with_its_reason()
    {
        await using var story = await AtCaseAsync();
        var @case = Assert.Single(await story.Swift.AllCasesAsync());

        var shown = await story.Swift.Cases.RevealAsync(@case.Id, Reason);

        Assert.Equal((Name, IdNumber), (shown.Name, shown.IdNumber));
        Assert.Equal([(ContactPointKind.Phone, Phone), (ContactPointKind.Email, Email), (ContactPointKind.Address, Address)], shown.ContactPoints.Select(p => (p.Kind, p.Value)).OrderByDescending(p => p.Kind.Value, StringComparer.Ordinal));
        Assert.Equal(
            $"1|{Reason.Reason}|swift-api|swift|{@case.Id:N}",
            story.Service.Database.Scalar("""
                SELECT COUNT(*) || '|' || MAX(e.detail) || '|' || MAX(e.client_id) || '|' || MAX(t.code) || '|' || LOWER(HEX(MAX(e.subject_id)))
                FROM base_audit_entry AS e INNER JOIN base_tenant AS t ON t.tenant_id = e.tenant_id WHERE e.action = 'case.revealed'
                """));
    }

    [Fact]
    public async Task To_the_other_bank_and_the_other_agency_it_does_not_exist()
    {
        await using var story = await AtCaseAsync();
        var @case = Assert.Single(await story.Swift.AllCasesAsync());

        await story.HidesAsync("case.not_found", @case.Id, id => story.Summit.Cases.RevealAsync(id, Reason));
        await story.HidesAsync("case.not_found", @case.Id, id => story.Lantern.Cases.RevealAsync(id, Reason));
    }

    [Fact]
    public async Task The_same_key_has_no_meaning_so_that_no_copy_is_kept()
    {
        await using var story = await AtCaseAsync();
        var @case = Assert.Single(await story.Swift.AllCasesAsync());
        var records = story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record");

        // The contract offers no key here; who sends one all the same is answered anew each time.
        story.Swift.Http.DefaultRequestHeaders.Add("Idempotency-Key", "key");
        await story.Swift.Cases.RevealAsync(@case.Id, Reason);
        await story.Swift.Cases.RevealAsync(@case.Id, Reason);

        Assert.Equal("2", story.Service.Database.Scalar("SELECT COUNT(*) FROM base_audit_entry WHERE action = 'case.revealed'"));
        Assert.Equal(records, story.Service.Database.Scalar("SELECT COUNT(*) FROM base_idempotency_record"));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await AtCaseAsync();
        var @case = Assert.Single(await story.Swift.AllCasesAsync());
        var approver = new Side(story.Service.ForPerson("approver@harbour.example"));

        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Cases.RevealAsync(@case.Id, new RevealReason { Reason = " " }));
        await story.RefusesAsync(422, "request.invalid", () => story.Swift.Cases.RevealAsync(@case.Id, new RevealReason { Reason = new string('x', 401) }));
        await story.RefusesAsync(403, "auth.missing_scope", () => approver.Cases.RevealAsync(@case.Id, Reason));
    }

    private static async Task<Story> AtCaseAsync()
    {
        var story = await Story.AtTenantsAsync();
        var agreement = await story.Harbour.MandateAsync("swift");
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "One debtor", Currency = "CNY" });
        var import = await story.Harbour.ImportAsync(portfolio.Id, $"""
            account_number,debtor_reference,debtor_name,id_number,phone,email,address,principal,oldest_due_date
            B-1,D-1,{Name},{IdNumber},{Phone},{Email},"{Address}",1000,2026-01-01
            """, story.Today);
        Assert.Equal(1, import.RowsAccepted);
        var assignment = await story.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today });
        await story.Swift.Assignments.AcknowledgeAsync(assignment.Id);
        return story;
    }
}
