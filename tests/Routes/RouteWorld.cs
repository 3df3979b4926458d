using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Http;
using Agency.Tests.Support;

namespace Agency.Tests.Routes;

/// <summary>A request that is right in all but who sends it: a row of harbour's, worked by swift, and a body that would be taken.</summary>
internal sealed record Sample(string Path, string? Json = null, byte[]? File = null, string? Match = null, string FileType = "text/csv", string? FileName = null)
{
    public Task<Reply> SendAsync(HttpClient http, string method) => http.CallAsync(
        method,
        Path,
        File is { } file ? Wire.Content(file, FileType) : Json is { } json ? Wire.Content(Encoding.UTF8.GetBytes(json), "application/json") : null,
        [.. Match is null ? Array.Empty<(string, string)>() : [("If-Match", Match)], .. FileName is null ? Array.Empty<(string, string)>() : [("File-Name", FileName)]]);
}

/// <summary>Harbour and swift with a row of every kind between them, and a fresh one for every deed that uses its row up.</summary>
public sealed class RouteWorld : IAsyncLifetime
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Queue<Guid> freshCases = new();
    private Guid contactRecord;
    private Guid permit;
    private Guid repayment;
    private Guid proposal;
    private Guid webhook;
    private Guid webhookDelivery;
    private Guid promise;
    private Guid hold;
    private Guid retention;
    private Team team = null!;
    private Guid collector;
    private int counter;

    private static NewWebhookSubscription Hook => new() { Url = "https://hooks.example.com/", Types = ["*"] };

    internal Story Story { get; private set; } = null!;

    public TestService Service => Story.Service;

    public async ValueTask InitializeAsync()
    {
        Story = await Story.AtCasesAsync(900, builder => builder.Configuration["Webhooks:Background"] = "false");
        var kept = Story.Case.Id;

        // People see the cases on their desks alone: the matrix asks about the rest of the rules.
        team = await Story.Swift.StaffAsync();
        collector = await Story.Swift.PersonAsync("collector");
        foreach (var (number, @case) in Story.Cases)
        {
            if (number != "A-1")
            {
                freshCases.Enqueue(@case.Id);
            }
        }

        contactRecord = (await Story.Swift.ContactRecords.CreateAsync(kept, new NewContactRecord { Channel = Channel.Call, Direction = Direction.Outbound, Party = Party.Debtor, Outcome = Outcome.Promise, OccurredAt = Service.Clock.GetUtcNow() })).Id;
        permit = (await Story.Swift.ContactPermits.CheckAsync(kept, new ContactCheck { Channel = Channel.Call })).PermitId;
        repayment = await ReportAsync(kept);
        proposal = await ProposeAsync(kept);
        webhook = (await Story.Harbour.Webhooks.CreateAsync(Hook)).Subscription.Id;
        await Story.Harbour.Webhooks.TestAsync(webhook);
        webhookDelivery = (await Story.Harbour.Webhooks.ListDeliveriesPageAsync(webhook)).Items.Single().Id;
        promise = await PromiseAsync(kept);
        hold = await HoldAsync(freshCases.Dequeue());
        retention = (await Story.Harbour.Assignments.ListRetentionsPageAsync(await RetentionAskedAsync(0))).Items.Single().Id;
    }

    public ValueTask DisposeAsync()
    {
        gate.Dispose();
        return Story.DisposeAsync();
    }

    /// <summary>The request of an operation, on a row of harbour's that is ready for it.</summary>
    internal async Task<Sample> SampleAsync(Route route)
    {
        // Fresh rows are made one after another: theories run at once.
        await gate.WaitAsync();
        try
        {
            return await MakeAsync(route);
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<Sample> MakeAsync(Route route)
    {
        var n = ++counter;
        var day = Story.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var swift = await Service.IdOfAsync("swift");
        return route.Operation switch
        {
            "Accounts_Get" or "Accounts_GetBalance" or "Accounts_ListLedgerEntries" => On(Story.Case.Account.Id),
            "Agencies_Get" => On(swift),
            "Agreements_Create" => New($$"""{"agencyId":"{{swift}}","title":"Mandate","validFrom":"2026-01-01"}"""),
            "Agreements_Get" or "Agreements_ListVersions" => On(Story.Agreement.Id),
            "Agreements_Change" => On(Story.Agreement.Id, $$"""{"title":"Mandate {{n}}","validFrom":"2020-01-01","terms":{} }""") with { Match = "*" },
            "Portfolios_Create" => New("""{"name":"Another","currency":"CNY"}"""),
            "Portfolios_Get" or "Imports_List" => On(Story.Portfolio.Id),
            "Portfolios_Update" => On(Story.Portfolio.Id, $$"""{"name":"Renamed {{n}}"}""") with { Match = "*" },
            "Imports_Create" => On(Story.Portfolio.Id) with { File = Encoding.UTF8.GetBytes(Story.Csv(1, $"I{n}")) },
            "Imports_Get" or "Imports_ListErrors" or "Imports_GetRejectedRows" => On(Story.Import.Id),
            "Imports_GetPreview" or "Imports_Cancel" => On(await StagedAsync(n)),
            "Imports_Start" => On(await StagedAsync(n), "{}"),
            "Imports_ListMissingAccounts" => On(await RefreshedAsync(n)),
            "Assignments_Create" => New(await NewAssignmentAsync(n)),
            "Assignments_DryRun" => New(await NewAssignmentAsync(n)),
            "Assignments_Get" or "Assignments_ListSkippedAccounts" or "Assignments_ListRetentions" => On(Story.Assignment.Id),
            "Assignments_Void" => On(await FreshAssignmentAsync(n)),
            "Assignments_Recall" => On(await AcknowledgedAsync(n), """{"reason":"breach"}"""),
            "Assignments_RequestRetention" => On(await AcknowledgedAsync(n), """{"termEnd":"2026-12-31","reason":"active_promise"}"""),
            "Assignments_GetRetention" => On(retention),
            "Assignments_GrantRetention" => On(await RetentionAskedAsync(n), "{}"),
            "Assignments_RefuseRetention" => On(await RetentionAskedAsync(n), """{"reason":"No"}"""),
            "Assignments_Close" => On(await WorkedOffAsync(n)),
            "Assignments_Acknowledge" => On(await FreshAssignmentAsync(n)),
            "Assignments_Reject" => On(await FreshAssignmentAsync(n), """{"reason":"No capacity"}"""),
            "Cases_Get" or "ContactPoints_List" or "Cases_ListMotions" or "ContactRecords_ListOfCase" or "Cases_ListTimeline" or "Repayments_ListOfCase" or "SettlementProposals_ListOfCase" or "RepaymentPlans_ListOfCase"
                or "Holds_ListOfCase" or "Promises_ListOfCase" => On(Story.Case.Id),
            "Cases_Work" => On(Story.Case.Id),
            "Cases_Reveal" => On(Story.Case.Id, """{"reason":"To call"}"""),
            "Cases_SetCollector" => On(Story.Case.Id, $$"""{"personId":"{{collector}}"}""") with { Match = "*" },
            "Cases_SetReference" => On(Story.Case.Id, $$"""{"agencyReference":"R-{{n}}"}""") with { Match = "*" },
            "Cases_Distribute" => New($$"""{"caseIds":["{{Story.Case.Id}}"],"toPersonIds":["{{collector}}"]}"""),
            "Teams_Create" => New($$"""{"name":"Team {{n}}"}"""),
            "Teams_Get" => On(team.Id),
            "Teams_Update" => On(team.Id, $$"""{"name":"Team {{n}}"}""") with { Match = "*" },
            "Teams_ReplaceMembers" => On(team.Id, $$"""{"personIds":[{{string.Join(',', team.Members.Select(member => $"\"{member.PersonId}\""))}}]}""") with { Match = "*" },
            "Cases_Recall" => On(freshCases.Dequeue(), """{"reason":"complaint"}"""),
            "Cases_WithdrawRecall" => On(await NoticedAsync(), "{}"),
            "Cases_ObjectToRecall" => On(await NoticedAsync(), """{"reason":"active_promise"}"""),
            "Cases_AcceptObjection" => On(await ObjectedAsync(), """{"recallOn":"2026-06-01"}"""),
            "Cases_RefuseObjection" => On(await ObjectedAsync(), """{"reason":"Too late"}"""),
            "Cases_RequestReturn" => On(freshCases.Dequeue(), """{"code":"unlocated"}"""),
            "Cases_AcceptReturn" => On(await ReturningAsync()),
            "Cases_RefuseReturn" => On(await ReturningAsync(), """{"reason":"Try again"}"""),
            "Cases_RequestRetention" => On(freshCases.Dequeue(), """{"termEnd":"2027-01-01","reason":"plan_in_force"}"""),
            "Cases_GrantRetention" => On(await RetainingAsync(), "{}"),
            "Cases_RefuseRetention" => On(await RetainingAsync(), """{"reason":"The term is over"}"""),
            "Cases_Close" => On(freshCases.Dequeue(), """{"resolution":"written_off"}"""),
            "ContactRecords_Create" => On(Story.Case.Id, $$"""{"channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":"{{day}}T02:00:00Z"}"""),
            "ContactRecords_CreateBatch" => New($$"""{"items":[{"caseId":"{{Story.Case.Id}}","channel":"call","direction":"outbound","party":"debtor","outcome":"busy","occurredAt":"{{day}}T02:00:00Z"}]}"""),
            "ContactRecords_Get" => On(contactRecord),
            "ContactRecords_Reveal" => On((await Story.Swift.ContactRecords.CreateAsync(Story.Case.Id, Story.Call("Pays on Friday"))).Id, """{"reason":"A question"}"""),
            "Debtors_GetErasure" => On(Story.Case.Account.Debtor.Id),
            "Debtors_Erase" => On(await ForgivenAsync(n), """{"reason":"The debtor asked for it"}"""),
            "Holds_Create" => On(freshCases.Dequeue(), """{"kind":"dispute"}"""),
            "Holds_CreateOnAccount" => On(AccountOf(freshCases.Dequeue()), """{"kind":"dispute"}"""),
            "Holds_ListOfAccount" => On(Story.Case.Account.Id),
            "Holds_Get" => On(hold),
            "Holds_Lift" => On(await HoldAsync(freshCases.Dequeue()), """{"reason":"Settled"}"""),
            "Promises_Create" => On(Story.Case.Id, $$"""{"amount":{"amount":1,"currency":"CNY"},"dueOn":"{{day}}"}"""),
            "Promises_Get" => On(promise),
            "Promises_Cancel" => On(await PromiseAsync(freshCases.Dequeue()), "{}"),
            "ContactPoints_Create" => On(Story.Case.Id, $$"""{"kind":"phone","value":"+8610000009{{n:000}}"}"""),
            "ContactPoints_Get" => On(await FoundPointAsync(n)),
            "ContactPoints_Adopt" => On(await FoundPointAsync(n)),
            "ContactPoints_Mark" => On(await FoundPointAsync(n), """{"mark":"valid"}"""),
            "RulePacks_Get" => On("cn"),
            "ContactPermits_Check" => On(Story.Case.Id, """{"channel":"call"}"""),
            "ContactPermits_Get" => On(permit),
            "Repayments_Create" => On(Story.Case.Id, $$"""{"amount":{"amount":1,"currency":"CNY"},"paidOn":"{{day}}"}"""),
            "Repayments_Get" => On(repayment),
            "Repayments_Confirm" => On(await ReportAsync(Story.Case.Id), "{}"),
            "Reconciliations_Get" => new Sample($"{route.Path}?day={day}"),
            "Repayments_RevealPayer" => On((await Story.Swift.Repayments.CreateAsync(Story.Case.Id, new NewRepayment
            {
                Amount = Story.Cny(1),
                PaidOn = Story.Today,
                Payer = Payer.ThirdParty,
                PayerConsent = true,
                PayerName = "Paying Aunt",
            })).Id, """{"reason":"A receipt"}"""),
            "Repayments_Withdraw" => On(await ReportAsync(Story.Case.Id), "{}"),
            "Repayments_ConfirmBatch" => New($$"""{"count":1,"total":{"amount":1,"currency":"CNY"},"items":[{"repaymentId":"{{await ReportAsync(Story.Case.Id)}}","amount":{"amount":1,"currency":"CNY"} } ] }"""),
            "DirectPayments_Create" => On(Story.Case.Account.Id, $$"""{"amount":{"amount":1,"currency":"CNY"},"paidOn":"{{day}}","bankReference":"B-{{n}}"}"""),
            "DirectPayments_ListOfAccount" => On(Story.Case.Account.Id),
            "DirectPayments_Get" or "DirectPayments_Acknowledge" => On(await PaidDirectlyAsync(n)),
            "DirectPayments_Reverse" => On(await PaidDirectlyAsync(n), """{"reason":"Bounced"}"""),
            "Waivers_Create" => On(Story.Case.Account.Id, """{"principal":{"amount":1,"currency":"CNY"},"reason":"Goodwill"}"""),
            "Waivers_ListOfAccount" => On(Story.Case.Account.Id),
            "Waivers_Get" => On((await Story.ForgiveAsync(1)).Id),
            "Waivers_Reverse" => On((await Story.ForgiveAsync(1)).Id, """{"reason":"A mistake"}"""),
            "Repayments_Reject" => On(await ReportAsync(Story.Case.Id), """{"reason":"Not received"}"""),
            "Repayments_Reverse" => On(await ConfirmedAsync(), """{"reason":"Bounced"}"""),
            "SettlementProposals_Create" => On(freshCases.Dequeue(), $$"""{"kind":"lump_sum","amount":{"amount":500,"currency":"CNY"},"payBy":"{{day}}","reason":"Hardship"}"""),
            "SettlementProposals_Get" => On(proposal),
            "SettlementProposals_Approve" => On(await ProposeAsync(freshCases.Dequeue()), "{}"),
            "SettlementProposals_Reject" => On(await ProposeAsync(freshCases.Dequeue()), """{"reason":"Too low"}"""),
            "SettlementProposals_Counter" => On(await ProposeAsync(freshCases.Dequeue()), Offer()),
            "SettlementProposals_Accept" or "SettlementProposals_Decline" => On(await CounteredAsync(), "{}"),
            "SettlementProposals_Withdraw" => On(await ProposeAsync(freshCases.Dequeue()), "{}"),
            "SettlementProposals_Commence" => On(await SignedAsync()),
            "EvidenceFiles_Create" => new Sample($"/v1/settlement-proposals/{proposal}/evidence-files?kind=income", File: Deeds.Pdf($"{n}"), FileType: "application/pdf", FileName: $"n{n}.pdf"),
            "EvidenceFiles_ListOfProposal" => On(proposal),
            "EvidenceFiles_Get" or "EvidenceFiles_CreateLink" or "EvidenceFiles_Verify" => On((await Story.SendAsync(await ExtendedAsync())).Id),
            "SettlementProposals_Reinstate" => On(await DefaultedAsync(), $$"""{"until":"{{day}}","reason":"Paid at the branch"}"""),
            "RepaymentPlans_Get" => On(await ExtendedAsync()),
            "Statements_Create" => New("""{"month":"2026-02-01"}"""),
            "Statements_Get" or "Statements_ListLines" or "Statements_ListVersions" or "Statements_GetCsv" or "Statements_GetDocument" => On(await DraftedAsync(n)),
            "Statements_Issue" => On(await DraftedAsync(n)),
            "Statements_Dispute" => On(await IssuedAsync(n), """{"reason":"Too much"}"""),
            "Statements_Reissue" => On(await DisputedAsync(n), "{}"),
            "Statements_Agree" => On(await IssuedAsync(n)),
            "Statements_Pay" => On(await AgreedAsync(n), $$"""{"reference":"P-{{n}}","paidOn":"{{day}}"}"""),
            "Statements_Lock" => On(await PaidAsync(n)),
            // What others do meanwhile is not in it: it reads the same twice.
            "AuditEntries_List" or "AuditEntries_GetCsv" => new Sample($"{route.Path}?action=tenant.created"),
            "Webhooks_Create" => New("""{"url":"https://hooks.example.com/","types":["*"]}"""),
            "Webhooks_Get" or "Webhooks_ListDeliveries" or "Webhooks_RotateSecret" or "Webhooks_Test" => On(webhook),
            "Webhooks_Update" => On(webhook, """{"types":["*"]}""") with { Match = "*" },
            "Webhooks_Replay" => On(webhook, $$"""{"from":"{{day}}T00:00:00Z","to":"{{day}}T01:00:00Z"}"""),
            "Webhooks_Delete" => On((await Story.Harbour.Webhooks.CreateAsync(Hook)).Subscription.Id) with { Match = "*" },
            "Webhooks_GetDelivery" => On(webhookDelivery),
            "Tenants_Create" => New($$"""{"code":"tenant-{{n}}","name":"Tenant","kind":"bank"}"""),
            "Tenants_Get" or "Clients_List" or "People_List" => On(swift),
            "People_Disable" or "People_ResetSignIn" => On(await HiredAsync(n)),
            "People_Enable" => On(await DisabledAsync("people", await HiredAsync(n))),
            "Clients_Disable" => On(await ClientAsync(n)),
            "Clients_Enable" => On(await DisabledAsync("clients", await ClientAsync(n))),
            "Clients_Create" => On(swift, $$"""{"clientId":"client-{{n}}","name":"Client","scopes":["cases:read"]}"""),
            "People_Create" => On(swift, $$"""{"email":"person{{n}}@swift.example","name":"Person","role":"collector"}"""),
            _ when route is { Method: "GET", IsById: false } => new Sample(route.Path),
            _ => throw new InvalidOperationException($"{route.Operation} has no request here: add one."),
        };

        Sample On(object id, string? json = null) => new(route.Path.Replace("{id}", id.ToString(), StringComparison.Ordinal), json);

        Sample New(string json) => new(route.Path, json);

        string Offer() => $$"""{"kind":"lump_sum","amount":{"amount":700,"currency":"CNY"},"payBy":"{{day}}"}""";
    }

    /// <summary>A debtor who was never with an agency and owes nothing any more.</summary>
    private async Task<Guid> ForgivenAsync(int n)
    {
        await Story.Harbour.ImportAsync(Story.Portfolio.Id, Story.Csv(1, $"E{n}"), Story.Today);
        var account = (await Story.Harbour.AllAccountsAsync(Story.Portfolio.Id)).Single(account => account.AccountNumber == $"E{n}-1");
        await Story.ForgiveAsync(100_000, 5_000, 500, account: account.Id);
        return account.Debtor.Id;
    }

    private Task<Guid> HiredAsync(int n) => Service.HireAsync("lantern", $"standing{n}@lantern.example", "collector");

    private async Task<Guid> ClientAsync(int n) => (await Service.For("operator").CallAsync(
        "POST", $"/v1/tenants/{await Service.IdOfAsync("lantern")}/clients", $$"""{"clientId":"standing-{{n}}","name":"Client","scopes":["cases:read"]}""")).Is(201).Json.GetProperty("client").GetProperty("id").GetGuid();

    private async Task<Guid> DisabledAsync(string kind, Guid id)
    {
        (await Service.For("operator").CallAsync("POST", $"/v1/{kind}/{id}/disablement")).Is(200);
        return id;
    }

    private async Task<Guid> FoundPointAsync(int n) => (await Story.Swift.ContactPoints.CreateAsync(
        Story.Case.Id, new NewContactPoint { Kind = ContactPointKind.Email, Value = $"found{n}@example.test" })).Id;

    private async Task<Guid> ReportAsync(Guid @case) =>
        (await Story.Swift.Repayments.CreateAsync(@case, new NewRepayment { Amount = Story.Cny(1), PaidOn = Story.Today })).Id;

    private async Task<Guid> PaidDirectlyAsync(int n) => (await Story.Harbour.DirectPayments.CreateAsync(
        Story.Case.Account.Id, new NewDirectPayment { Amount = Story.Cny(1), PaidOn = Story.Today, BankReference = $"P-{n}" })).Id;

    private async Task<Guid> StagedAsync(int n) => (await Story.Harbour.StageAsync(Story.Portfolio.Id, Story.Csv(1, $"S{n}"))).Id;

    private async Task<Guid> RefreshedAsync(int n)
    {
        var portfolio = await FreshPortfolioAsync(n);
        return (await Story.Harbour.ImportAsync(portfolio, Story.Csv(1, $"F{n}"), Story.Today, ImportMode.Refresh)).Id;
    }

    private async Task<Guid> PromiseAsync(Guid @case) =>
        (await Story.Swift.Promises.CreateAsync(@case, new NewPromise { Amount = Story.Cny(1), DueOn = Story.Today.AddDays(1) })).Id;

    private async Task<Guid> HoldAsync(Guid @case) => (await Story.Swift.Holds.CreateAsync(@case, new NewHold { Kind = HoldKind.Complaint })).Id;

    private Guid AccountOf(Guid @case) => Story.Cases.Values.Single(c => c.Id == @case).Account.Id;

    private async Task<Guid> ConfirmedAsync()
    {
        var id = await ReportAsync(Story.Case.Id);
        await Story.Harbour.Repayments.ConfirmAsync(id, new RepaymentConfirmation());
        return id;
    }

    private async Task<Guid> ProposeAsync(Guid @case) => (await Story.Swift.SettlementProposals.CreateAsync(
        @case, new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = Story.Cny(500), PayBy = Story.Today, Reason = "Hardship" })).Id;

    private async Task<Guid> CounteredAsync()
    {
        var id = await ProposeAsync(freshCases.Dequeue());
        await Story.Harbour.SettlementProposals.CounterAsync(id, new SettlementCounterOffer { Kind = SettlementKind.LumpSum, Amount = Story.Cny(700), PayBy = Story.Today });
        return id;
    }

    // An extension that was approved: the debtor has not signed.
    private async Task<Guid> ExtendedAsync()
    {
        var extension = await Story.Swift.SettlementProposals.CreateAsync(
            freshCases.Dequeue(), new NewSettlementProposal { Kind = SettlementKind.Extension, Amount = Story.Cny(500), PayBy = Story.Today.AddMonths(1), Reason = "Hardship" });
        await Story.Harbour.SettlementProposals.ApproveAsync(extension.Id, new SettlementProposalApproval());
        return extension.Id;
    }

    private async Task<Guid> SignedAsync()
    {
        var id = await ExtendedAsync();
        await Story.SignedAsync(id);
        return id;
    }

    private async Task<Guid> DefaultedAsync()
    {
        var id = await SignedAsync();
        await Story.Harbour.SettlementProposals.CommenceAsync(id);
        using var connection = Service.Database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE base_repayment_plan SET state = 'defaulted' WHERE settlement_proposal_id = x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'";
        Assert.Equal(1, command.ExecuteNonQuery());
        return id;
    }

    private async Task<Guid> NoticedAsync() => (await Story.RecallAsync(Fresh(), RecallReason.Reallocation)).Id;

    private async Task<Guid> ObjectedAsync() =>
        (await Story.Swift.Cases.ObjectToRecallAsync(await NoticedAsync(), new RecallObjection { Reason = KeepReason.ActivePromise })).Id;

    private async Task<Guid> ReturningAsync() => (await Story.Swift.Cases.RequestReturnAsync(freshCases.Dequeue(), new CaseReturn { Code = ReturnCode.Unlocated })).Id;

    private async Task<Guid> RetainingAsync() =>
        (await Story.Swift.Cases.RequestRetentionAsync(freshCases.Dequeue(), new CaseRetention { TermEnd = Story.Today.AddYears(1), Reason = KeepReason.PlanInForce })).Id;

    // A month between the two that nobody ever closes: a draft of its own for each request.
    private Task<Guid> DraftedAsync(int n)
    {
        var id = Guid.CreateVersion7();
        using var connection = Service.Database.OpenRaw();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO base_statement_month (bank_id, agency_id, month, closed_at)
            SELECT b.tenant_id, a.tenant_id, date('2100-01-01', '+' || @n || ' months'), '2026-03-02 02:00:00.000' FROM base_tenant AS b, base_tenant AS a WHERE b.code = 'harbour' AND a.code = 'swift';
            INSERT INTO base_statement (bank_id, id, agency_id, month, currency, line_count, amount, commission, drafted_at)
            SELECT m.bank_id, @id, m.agency_id, m.month, 'CNY', 1, 100, 10, m.closed_at FROM base_statement_month AS m WHERE m.month = date('2100-01-01', '+' || @n || ' months');
            """;
        command.Parameters.AddWithValue("@n", n);
        command.Parameters.AddWithValue("@id", id.ToByteArray(bigEndian: true));
        Assert.Equal(2, command.ExecuteNonQuery());
        return Task.FromResult(id);
    }

    private async Task<Guid> IssuedAsync(int n) => (await Story.Swift.Statements.IssueAsync(await DraftedAsync(n))).Id;

    private async Task<Guid> DisputedAsync(int n) => (await Story.Harbour.Statements.DisputeAsync(await IssuedAsync(n), new StatementDispute { Reason = "Too much" })).Id;

    private async Task<Guid> AgreedAsync(int n) => (await Story.Harbour.Statements.AgreeAsync(await IssuedAsync(n))).Id;

    private async Task<Guid> PaidAsync(int n) =>
        (await Story.Harbour.Statements.PayAsync(await AgreedAsync(n), new StatementPayment { Reference = "P", PaidOn = Story.Today })).Id;

    private Case Fresh() => new() { Id = freshCases.Dequeue() };

    private async Task<Guid> FreshAssignmentAsync(int n) =>
        (await Story.Harbour.Assignments.CreateAsync(new NewAssignment { AgreementId = Story.Agreement.Id, PortfolioId = await FreshPortfolioAsync(n), TermStart = Story.Today, TermEnd = Story.Today.AddDays(30) })).Id;

    private async Task<Guid> AcknowledgedAsync(int n)
    {
        var id = await FreshAssignmentAsync(n);
        await Story.Swift.Assignments.AcknowledgeAsync(id);
        return id;
    }

    private async Task<Guid> RetentionAskedAsync(int n)
    {
        var id = await AcknowledgedAsync(n);
        await Story.Swift.Assignments.RequestRetentionAsync(id, new NewAssignmentRetention { TermEnd = new DateOnly(2026, 12, 31), Reason = KeepReason.ActivePromise });
        return id;
    }

    private async Task<Guid> WorkedOffAsync(int n)
    {
        var id = await AcknowledgedAsync(n);
        foreach (var @case in await Story.Harbour.AllCasesAsync(id))
        {
            await Story.RecallAsync(@case);
        }

        return id;
    }

    private async Task<string> NewAssignmentAsync(int n) =>
        $$"""{"agreementId":"{{Story.Agreement.Id}}","portfolioId":"{{await FreshPortfolioAsync(n)}}","termStart":"2026-03-02","termEnd":"2026-04-02"}""";

    private async Task<Guid> FreshPortfolioAsync(int n)
    {
        var portfolio = await Story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Fresh", Currency = "CNY" });
        await Story.Harbour.ImportAsync(portfolio.Id, Story.Csv(1, $"F{n}"), Story.Today);
        return portfolio.Id;
    }
}
