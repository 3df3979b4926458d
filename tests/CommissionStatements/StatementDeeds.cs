using System.Globalization;
using System.Text;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MonthEnd = Agency.Api.Statements.MonthEnd;

namespace Agency.Tests.CommissionStatements;

/// <summary>What is done between harbour and swift about commission. Account <c>A-1</c> was in M1 when it was assigned, <c>A-2</c> in M2, and so on.</summary>
internal static class StatementDeeds
{
    public static NewAgreementTerms Terms(params CommissionRate[] rates) => new() { CommissionRates = rates };

    public static CommissionRate Rate(string cycle, int basisPoints, params (long Above, int BasisPoints)[] tiers) => new()
    {
        Cycle = cycle,
        BasisPoints = basisPoints,
        Tiers = tiers.Length == 0 ? null : [.. tiers.Select(t => new CommissionTier { Above = Story.Cny(t.Above), BasisPoints = t.BasisPoints })],
    };

    public static CommissionCap Cap(CommissionCapKind per, long amount, string currency = "CNY") => new() { Per = per, Amount = new Money { Amount = amount, Currency = currency } };

    /// <summary>Swift works accounts of harbour's under these terms.</summary>
    public static async Task<Story> AtCasesAsync(NewAgreementTerms terms, int accounts = 3)
    {
        var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(terms, Story.Csv(accounts));
        return story;
    }

    /// <summary>Harbour hands swift the accounts of a file under an agreement of their own.</summary>
    /// <returns>The cases by account number.</returns>
    public static async Task<Dictionary<string, Case>> PlaceAsync(this Story story, NewAgreementTerms terms, string csv, string currency = "CNY", string agency = "swift")
    {
        var agreement = await story.Harbour.Agreements.CreateAsync(new NewAgreement
        {
            AgencyId = await story.Harbour.AgencyIdAsync(agency),
            Title = "Commission",
            ValidFrom = new DateOnly(2020, 1, 1),
            Terms = terms,
        });
        var side = agency == "swift" ? story.Swift : story.Lantern;
        var portfolio = await story.Harbour.Portfolios.CreateAsync(new NewPortfolio { Name = "Cards", Currency = currency });
        await story.Harbour.ImportAsync(portfolio.Id, csv, story.Today);
        var assignment = await story.Harbour.Assignments.CreateAsync(
            new NewAssignment { AgreementId = agreement.Id, PortfolioId = portfolio.Id, TermStart = story.Today, TermEnd = story.Today.AddYears(5) });
        await side.Assignments.AcknowledgeAsync(assignment.Id);
        return (await side.AllCasesAsync(assignment.Id)).ToDictionary(c => c.Account.AccountNumber, StringComparer.Ordinal);
    }

    public static async Task<Case> CaseAsync(this Story story, string number) => (await story.Swift.AllCasesAsync()).Single(c => c.Account.AccountNumber == number);

    /// <summary>Swift reports money on the account and harbour has it.</summary>
    public static async Task<Repayment> EarnAsync(this Story story, string number, long amount, bool acceptOverpayment = false)
    {
        var @case = await story.CaseAsync(number);
        var money = new Money { Amount = amount, Currency = @case.Account.Balance.Total.Currency };
        return await story.ConfirmAsync(await story.Swift.Repayments.CreateAsync(@case.Id, new NewRepayment { Amount = money, PaidOn = story.Today }), acceptOverpayment);
    }

    /// <summary>The same on a case, as long as that is open; null where it is not.</summary>
    public static async Task<Repayment?> TryEarnAsync(this Story story, Case @case, long amount, Guid? sameAs = null)
    {
        try
        {
            var report = await story.ReportAsync(amount, on: @case);
            return await (sameAs is { } payment ? story.ConfirmAsAsync(report, payment) : story.ConfirmAsync(report, acceptOverpayment: true));
        }
        catch (AgencyException refusal) when (refusal.Code == "case.not_found" || refusal.Code == "repayment.after_tenure")
        {
            return null;
        }
    }

    /// <summary>Harbour takes a lump sum for the whole debt, where one can be agreed on.</summary>
    public static Task TrySettleAsync(this Story story, Case @case, long amount) => UnlessRefusedAsync(async () =>
    {
        var offer = new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = Story.Cny(amount), PayBy = story.Today.AddDays(70), Reason = "Lost the job" };
        await story.ApproveAsync(await story.Swift.SettlementProposals.CreateAsync(@case.Id, offer));
    });

    /// <summary>Harbour forgives some principal of its own accord, where it can.</summary>
    public static Task TryWaiveAsync(this Story story, Case @case, long amount) => UnlessRefusedAsync(() => story.ForgiveAsync(amount, account: @case.Account.Id));

    private static async Task UnlessRefusedAsync(Func<Task> deed)
    {
        try
        {
            await deed();
        }
        catch (AgencyException refusal) when (refusal.StatusCode is 404 or 409)
        {
        }
    }

    /// <summary>It is the morning of that day; nothing has been done about it yet.</summary>
    public static void GoTo(this Story story, int month, int day = 1, int year = 2026) => story.Service.Clock.AdjustTime(new DateTimeOffset(year, month, day, 2, 0, 0, TimeSpan.Zero));

    /// <summary>What the calendar does to statements is done.</summary>
    public static Task CloseAsync(this Story story) => story.Service.Services.GetRequiredService<MonthEnd>().SweepAsync(TestContext.Current.CancellationToken);

    /// <summary>It is the first of the month after, and the month is closed.</summary>
    public static Task EndMonthAsync(this Story story)
    {
        var next = story.Today.AddDays(1 - story.Today.Day).AddMonths(1);
        story.GoTo(next.Month, 1, next.Year);
        return story.CloseAsync();
    }

    /// <summary>The only statement of the month, as harbour reads it.</summary>
    public static async Task<Statement> StatementAsync(this Story story, int month, string currency = "CNY") =>
        Assert.Single((await story.Harbour.Statements.ListPageAsync(1000, month: new DateOnly(2026, month, 1))).Items, s => s.Total.Currency == currency);

    public static Task<List<StatementLine>> LinesAsync(this Story story, Statement statement) =>
        story.Harbour.Statements.ListLinesAsync(statement.Id, pageSize: 1000).ToListAsync().AsTask();

    /// <summary>The lines of the month's statement: base, commission.</summary>
    public static async Task<List<(long Amount, long Commission)>> FeesAsync(this Story story, int month) =>
        (await story.LinesAsync(await story.StatementAsync(month))).ConvertAll(line => (line.Amount.Amount, line.Commission.Amount));

    /// <summary>A draft of March: 200.00 on M1 at 10% and 300.00 on M2 at 20%, and it is April.</summary>
    public static async Task<(Story Story, Statement Draft)> AtDraftAsync()
    {
        var story = await AtCasesAsync(Terms(Rate("M1", 1_000), Rate("M2", 2_000)));
        await story.EarnAsync("A-1", 20_000);
        await story.EarnAsync("A-2", 30_000);
        await story.EndMonthAsync();
        return (story, await story.StatementAsync(3));
    }

    /// <summary>Brings the statement on, step by step.</summary>
    public static async Task<Statement> DoAsync(this Story story, Guid id, params string[] deeds)
    {
        Statement? last = null;
        foreach (var deed in deeds)
        {
            last = await story.DoOnceAsync(id, deed, null);
        }

        return last ?? await story.Harbour.Statements.GetAsync(id);
    }

    /// <summary>Brings it on by one step, under a key.</summary>
    public static Task<Statement> DoOnceAsync(this Story story, Guid id, string deed, string? key) => deed switch
    {
        "issuance" => story.Swift.Statements.IssueAsync(id, CallOptions.WithKey(key)),
        "dispute" => story.Harbour.Statements.DisputeAsync(id, Dispute(1), CallOptions.WithKey(key)),
        "reissue" => story.Swift.Statements.ReissueAsync(id, Adjusted(-500, 1), CallOptions.WithKey(key)),
        "agreement" => story.Harbour.Statements.AgreeAsync(id, CallOptions.WithKey(key)),
        "payment" => story.Harbour.Statements.PayAsync(id, Payment(story.Today), CallOptions.WithKey(key)),
        "lock" => story.Harbour.Statements.LockAsync(id, CallOptions.WithKey(key)),
        _ => throw new ArgumentException(deed, nameof(deed)),
    };

    public static StatementDispute Dispute(params int[] lines) => new()
    {
        Reason = "Not as agreed",
        Objections = [.. lines.Select(line => new StatementObjection { LineNumber = line, Reason = $"Line {line} was a direct payment" })],
    };

    public static StatementReissue Adjusted(long amount, int? line = null) =>
        new() { Note = "Agreed by telephone", Adjustments = [new NewStatementAdjustment { Amount = Story.Cny(amount), Reason = "Paid at the counter", LineNumber = line }] };

    public static StatementPayment Payment(DateOnly on) => new() { Reference = "HB-2026-0001", PaidOn = on };

    /// <summary>The types of what was told of it, in order.</summary>
    public static string EventsOf(this Story story, Guid id) => story.Service.Database.Scalar(
        $"SELECT group_concat(type, ' ') FROM (SELECT type FROM base_event WHERE subject_id = x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}' ORDER BY position)")!;

    /// <summary>The file as text, without its byte order mark.</summary>
    public static async Task<string> TextAsync(this AgencyFile file)
    {
        using (file)
        {
            using var reader = new StreamReader(file.Content, Encoding.UTF8);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Rows for accounts of a currency: number, principal in minor units; all in M1.</summary>
    public static string Csv(params (string Number, long Principal)[] accounts) => "account_number,debtor_reference,debtor_name,principal,oldest_due_date\n"
        + string.Concat(accounts.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Number},D{a.Number},Example Debtor,{a.Principal},2026-02-10\n")));
}
