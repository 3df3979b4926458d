using System.Globalization;
using Agency.Api.Data;
using Agency.Sdk;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Support;

/// <summary>What tests do again and again between harbour and swift, on the first account's case unless another is named.</summary>
public static class Deeds
{
    public static readonly RejectionReason Because = new() { Reason = "The other side shall know why" };

    private static readonly Sql InsertHold = new("INSERT INTO hold (bank_id, id, account_id, kind, raised_at) VALUES (@bank, @id, @account, @kind, @at)");

    /// <summary>Swift reports money.</summary>
    public static Task<Repayment> ReportAsync(this Story story, long amount, DateOnly? paidOn = null, Case? on = null) =>
        story.Swift.Repayments.CreateAsync((on ?? story.Case).Id, new NewRepayment { Amount = Story.Cny(amount), PaidOn = paidOn ?? story.Today });

    /// <summary>Harbour has the money.</summary>
    public static Task<Repayment> ConfirmAsync(this Story story, Repayment repayment, bool acceptOverpayment = false, string? key = null) =>
        story.Harbour.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation { AcceptOverpayment = acceptOverpayment }, CallOptions.WithKey(key));

    /// <summary>Swift reports money and harbour has it.</summary>
    public static async Task<Repayment> PayAsync(this Story story, long amount, DateOnly? paidOn = null, bool acceptOverpayment = false) =>
        await story.ConfirmAsync(await story.ReportAsync(amount, paidOn), acceptOverpayment);

    public static Task<Repayment> ReverseAsync(this Story story, Repayment repayment) => story.Harbour.Repayments.ReverseAsync(repayment.Id, Because);

    /// <summary>A debtor paid harbour itself.</summary>
    public static Task<DirectPayment> PaidDirectlyAsync(
        this Story story, long amount, string reference, DateOnly? paidOn = null, Guid? account = null, Guid? sameAs = null, bool acceptOverpayment = false, string? key = null) =>
        story.Harbour.DirectPayments.CreateAsync(
            account ?? story.Case.Account.Id,
            new NewDirectPayment { Amount = Story.Cny(amount), PaidOn = paidOn ?? story.Today, BankReference = reference, SameAs = sameAs, AcceptOverpayment = acceptOverpayment },
            CallOptions.WithKey(key));

    /// <summary>Harbour forgives a part of a debt of its own accord.</summary>
    public static Task<Waiver> ForgiveAsync(this Story story, long principal, long interest = 0, long fees = 0, DateOnly? on = null, Guid? account = null, string? key = null) =>
        story.Harbour.Waivers.CreateAsync(
            account ?? story.Case.Account.Id,
            new NewWaiver { Principal = Part(principal), Interest = Part(interest), Fees = Part(fees), EffectiveOn = on, Reason = "Goodwill" },
            CallOptions.WithKey(key));

    private static Money? Part(long amount) => amount == 0 ? null : Story.Cny(amount);

    /// <summary>Harbour has the money, and knows it as a direct payment already.</summary>
    public static Task<Repayment> ConfirmAsAsync(this Story story, Repayment repayment, Guid payment) =>
        story.Harbour.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation { SameAs = payment });

    /// <summary>A file with a row for account A-1, of these figures and that day.</summary>
    public static string Figures(this Story story, long principal, long interest, long fees, DateOnly? due = null) => string.Create(CultureInfo.InvariantCulture, $"""
        account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date
        A-1,AD-1,Example Debtor 1,{principal},{interest},{fees},{due ?? story.Case.Account.OldestDueDate:yyyy-MM-dd}

        """);

    /// <summary>Harbour refreshes the portfolio.</summary>
    public static async Task<Import> RefreshAsync(this Story story, string csv, DateOnly asOf, ImportMode? mode = null)
    {
        var import = await story.Harbour.ImportAsync(story.Portfolio.Id, csv, asOf, mode ?? ImportMode.Refresh);
        Assert.Equal(ImportState.Completed, import.State);
        return import;
    }

    /// <summary>Swift proposes a lump sum, to be paid within ten days.</summary>
    public static Task<SettlementProposal> ProposeAsync(this Story story, long amount, DateOnly? payBy = null, string? key = null) => story.Swift.SettlementProposals.CreateAsync(
        story.Case.Id,
        new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = Story.Cny(amount), PayBy = payBy ?? story.Today.AddDays(10), Reason = "Lost the job" },
        CallOptions.WithKey(key));

    public static Task<SettlementProposal> ApproveAsync(this Story story, SettlementProposal proposal) =>
        story.Harbour.SettlementProposals.ApproveAsync(proposal.Id, new SettlementProposalApproval());

    /// <summary>Swift sends what the debtor signed.</summary>
    public static async Task<EvidenceFile> SendAsync(
        this Story story, Guid proposal, byte[]? content = null, string type = "application/pdf", string kind = "signed_agreement", string name = "signed.pdf", string? key = null, Side? by = null)
    {
        using var stream = new MemoryStream(content ?? Pdf(name));
        return await (by ?? story.Swift).EvidenceFiles.CreateAsync(proposal, kind, name, new AgencyUpload(stream, type), CallOptions.WithKey(key));
    }

    /// <summary>Swift sends what the debtor signed, and harbour has verified it.</summary>
    public static async Task SignedAsync(this Story story, Guid proposal) => await story.Harbour.EvidenceFiles.VerifyAsync((await story.SendAsync(proposal)).Id);

    /// <summary>A small file of a page, which says this.</summary>
    public static byte[] Pdf(string says) => System.Text.Encoding.ASCII.GetBytes($"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj % {says}\ntrailer <</Root 1 0 R>>\n%%EOF\n");

    public static Task<Case> RecallAsync(this Story story, Case? what = null, RecallReason? reason = null, string? key = null) =>
        story.Harbour.Cases.RecallAsync((what ?? story.Case).Id, new CaseRecall { Reason = reason ?? RecallReason.Complaint }, CallOptions.WithKey(key));

    /// <summary>A hold stands on the account, as harbour's own row.</summary>
    public static async Task HoldAsync(this Story story, Guid account, string kind = "dispute")
    {
        var services = story.Service.Services;
        var bank = int.Parse(story.Service.Database.Scalar("SELECT tenant_id FROM base_tenant WHERE code = 'harbour'")!, CultureInfo.InvariantCulture);
        var (id, at) = (services.GetRequiredService<Ids>().New(), story.Service.Clock.GetUtcNow());
        await using var session = await services.GetRequiredService<Database>().OpenAsync(new TenantContext(bank, TenantKind.Bank), write: true, TestContext.Current.CancellationToken);
        await session.ExecuteAsync(InsertHold, new { bank, id, account = new Id(account), kind, at }, TestContext.Current.CancellationToken);
        await session.CommitAsync(TestContext.Current.CancellationToken);
    }

    public static NewContactRecord Call(this Story story, string? note = null, string? point = null) => new()
    {
        Channel = Channel.Call,
        Direction = Direction.Outbound,
        Party = Party.Debtor,
        Outcome = Outcome.Promise,
        OccurredAt = story.Service.Clock.GetUtcNow(),
        Note = note,
        Point = point,
    };

    /// <summary>Everything of the portfolio that can be assigned goes to the agency, which takes it.</summary>
    public static async Task<List<Case>> HandToAsync(this Story story, Side agency, Agreement agreement)
    {
        var handed = story.WholePortfolio();
        handed.AgreementId = agreement.Id;
        var assignment = await story.Harbour.Assignments.CreateAsync(handed);
        await agency.Assignments.AcknowledgeAsync(assignment.Id);
        return await agency.AllCasesAsync(assignment.Id);
    }

    /// <summary>The account as harbour sees it: the first one, unless another is named.</summary>
    public static Task<Account> AccountAsync(this Story story, Guid? account = null) => story.Harbour.Accounts.GetAsync(account ?? story.Case.Account.Id);

    /// <summary>What is owed on it: fees, interest, principal.</summary>
    public static async Task<(long Fees, long Interest, long Principal)> OwedAsync(this Story story, Guid? account = null)
    {
        var balance = (await story.AccountAsync(account)).Balance;
        Assert.Equal(balance.Total.Amount, balance.Fees.Amount + balance.Interest.Amount + balance.Principal.Amount);
        return (balance.Fees.Amount, balance.Interest.Amount, balance.Principal.Amount);
    }

    public static Task<List<LedgerEntry>> LedgerAsync(this Story story, Guid? account = null) =>
        story.Harbour.Accounts.ListLedgerEntriesAsync(account ?? story.Case.Account.Id, pageSize: 1000).ToListAsync().AsTask();

    /// <summary>The ledger's sum: fees, interest, principal.</summary>
    public static (long Fees, long Interest, long Principal) Sum(this IEnumerable<LedgerEntry> entries)
    {
        var sums = entries.GroupBy(entry => entry.Bucket).ToDictionary(group => group.Key, group => group.Sum(entry => entry.Amount.Amount));
        return (sums.GetValueOrDefault(Bucket.Fees), sums.GetValueOrDefault(Bucket.Interest), sums.GetValueOrDefault(Bucket.Principal));
    }
}
