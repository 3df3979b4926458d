using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Year;

/// <summary>Does every deed twice, through the API and on the model, and compares the two answers; and now and then all there is.</summary>
internal sealed class YearPlayer(Story story, Side lantern, Agreement lanternAgreement, YearModel model, Random random)
{
    private static readonly string[] Kinds = ["dispute", "complaint", "fraud", "deceased", "insolvency", "cease_contact", "moratorium"];
    private static readonly Outcome[] Outcomes =
    [
        Outcome.No_answer, Outcome.Busy, Outcome.Refused, Outcome.Promise, Outcome.Callback, Outcome.Non_committal, Outcome.Hardship, Outcome.Disputed, Outcome.Fraud_claimed,
        Outcome.Cease_requested, Outcome.Complaint_voiced, Outcome.Deceased_reported,
    ];

    /// <summary>How often each deed was done and how often it was refused.</summary>
    public SortedDictionary<string, (int Done, int Refused)> Deeds { get; } = new(StringComparer.Ordinal);

    public async Task PlayAsync(int deeds)
    {
        for (var i = 0; i < deeds; i++)
        {
            story.Service.Clock.Advance(TimeSpan.FromSeconds(1));
            model.Now = story.Service.Clock.GetUtcNow();
            await DoOneAsync();
        }
    }

    /// <summary>The next day; what the calendar brings about has happened when this returns.</summary>
    public async Task NextDayAsync()
    {
        story.Service.Clock.AdjustTime(new DateTimeOffset(model.Today.AddDays(1).ToDateTime(new TimeOnly(13, 0)), TimeSpan.Zero));
        model.Now = story.Service.Clock.GetUtcNow();
        await story.Service.Services.GetRequiredService<Agency.Api.Cases.DueCases>().SweepAsync(CancellationToken.None);
        model.DayBegins();
    }

    /// <summary>Hands everything that can be assigned to one of the agencies, which takes it or turns it down.</summary>
    public async Task AssignAsync()
    {
        var eligible = model.Accounts.Where(account => account.State == "eligible" && account.Total > 0 && account.Holds.Count == 0).ToList();
        if (eligible.Count == 0)
        {
            return;
        }

        var toLantern = random.Next(3) == 0;
        var agency = toLantern ? lantern : story.Swift;
        var order = story.WholePortfolio();
        order.AgreementId = toLantern ? lanternAgreement.Id : story.Agreement.Id;
        order.TermStart = model.Today;
        order.TermEnd = model.Today.AddDays(random.Next(20, 120));
        var assignment = await story.Harbour.Assignments.CreateAsync(order);
        Assert.Equal(eligible.Count, assignment.Accounts);
        if (random.Next(5) == 0)
        {
            await agency.Assignments.RejectAsync(assignment.Id, Support.Deeds.Because);
            return;
        }

        await agency.Assignments.AcknowledgeAsync(assignment.Id);
        var cases = (await agency.AllCasesAsync(assignment.Id)).ToDictionary(c => c.Account.AccountNumber, c => c.Id, StringComparer.Ordinal);
        Assert.Equal(eligible.Count, cases.Count);
        foreach (var account in eligible)
        {
            model.Place(account, toLantern ? "lantern" : "swift", DateOnly.FromDateTime(order.TermEnd.ToDateTime(default)));
            account.Case!.Id = cases[account.Number];
        }
    }

    /// <summary>Everything both hold, side by side.</summary>
    public async Task CompareAsync()
    {
        var accounts = (await Side.AllAsync(cursor => story.Harbour.Accounts.ListAsync(limit: 1000, cursor: cursor), page => (page.Items, page.Next))).ToDictionary(a => a.AccountNumber, StringComparer.Ordinal);
        foreach (var account in model.Accounts)
        {
            var real = accounts[account.Number];
            var holds = real.Id;
            Assert.Equal(
                $"{account.Number} {account.State} {account.Resolution} {account.Fees}/{account.Interest}/{account.Principal}",
                $"{real.AccountNumber} {Word(real.State)} {Word(real.Resolution)} {real.Balance.Fees.Amount}/{real.Balance.Interest.Amount}/{real.Balance.Principal.Amount}");
            var ledger = (await story.LedgerAsync(holds)).Sum();
            Assert.Equal((account.Fees, account.Interest, account.Principal), ledger);
        }

        await CompareCasesAsync();
        await CompareMoneyAsync();
    }

    private async Task CompareCasesAsync()
    {
        var cases = (await Side.AllAsync(cursor => story.Harbour.Cases.ListAsync(limit: 1000, cursor: cursor), page => (page.Items, page.Next))).ToDictionary(c => c.Id);
        var expected = model.Accounts.SelectMany(account => account.Cases, (account, c) => (account, c)).ToList();
        Assert.Equal(expected.Count, cases.Count);
        foreach (var (account, c) in expected)
        {
            var real = cases[c.Id];
            Assert.Equal(
                $"{account.Number} {c.State} {c.EndReason} on {Day(c.Ended is null ? c.RecallOn : null)} asks {Asks(c)}",
                $"{account.Number} {Word(real.State)} {real.EndReason} on {Day(c.Ended is null ? real.RecallOn : null)} asks {(real.OpenMotion is null ? null : Word(real.OpenMotion.Kind))}");
            if (c.Ended is null)
            {
                Assert.Equal(account.Holds, real.Holds.Select(hold => Word(hold.Kind)!).Order(StringComparer.Ordinal));
            }
        }

        foreach (var (code, side) in new[] { ("swift", story.Swift), ("lantern", lantern) })
        {
            Assert.Equal(
                expected.Where(e => e.c.Ended is null && e.c.Agency == code).Select(e => e.c.Id).Order(),
                (await Side.AllAsync(cursor => side.Cases.ListAsync(limit: 1000, cursor: cursor), page => (page.Items, page.Next))).Select(c => c.Id).Order());
        }
    }

    private async Task CompareMoneyAsync()
    {
        var repayments = await Side.AllAsync(cursor => story.Harbour.Repayments.ListAsync(limit: 1000, cursor: cursor), page => (page.Items, page.Next));
        Assert.Equal(
            model.Accounts.SelectMany(account => account.Repayments).Select(r => $"{r.Id} {r.State} {r.Amount}").Order(StringComparer.Ordinal),
            repayments.Select(r => $"{r.Id} {Word(r.State)} {r.Amount.Amount}").Order(StringComparer.Ordinal));
        var proposals = await Side.AllAsync(cursor => story.Harbour.SettlementProposals.ListAsync(limit: 1000, cursor: cursor), page => (page.Items, page.Next));
        Assert.Equal(
            model.Accounts.SelectMany(account => account.Proposals).Select(p => $"{p.Id} {p.StateOn(model.Today)} {p.Amount}").Order(StringComparer.Ordinal),
            proposals.Select(p => $"{p.Id} {Word(p.State)} {p.Amount.Amount}").Order(StringComparer.Ordinal));
    }

    private async Task DoOneAsync()
    {
        var account = model.Accounts[random.Next(model.Accounts.Count)];

        // Mostly the open case; now and then one that has ended, where every deed must be refused.
        var c = account.Case is { } open && random.Next(10) > 0 ? open : account.Cases.Count > 0 ? account.Cases[random.Next(account.Cases.Count)] : null;
        if (c is null)
        {
            return;
        }

        switch (random.Next(24))
        {
            case 0 or 1 or 2: await ContactAsync(account, c); break;
            case 3 or 4 or 5: await ReportAsync(account, c); break;
            case 6 or 7 or 8: await DecideMoneyAsync(account); break;
            case 9 or 10: await PromiseAsync(account, c); break;
            case 11: await ProposeAsync(account, c); break;
            case 12: await DecideProposalAsync(account); break;
            case 13: await RaiseAsync(account, c); break;
            case 14 or 15: await LiftAsync(account); break;
            case 16: await RecallAsync(account, c); break;
            case 17: await NoticeAsync(c); break;
            case 18: await AnswerNoticeAsync(c); break;
            case 19: await ObjectAsync(c); break;
            case 20: await ReturnAsync(account, c); break;
            case 21: await AnswerReturnAsync(account, c); break;
            case 22: await RetentionAsync(c); break;
            default: await AnswerRetentionAsync(account, c); break;
        }
    }

    private Task ContactAsync(AccountModel account, CaseModel c)
    {
        var outcome = Outcomes[random.Next(Outcomes.Length)];
        return BothAsync("contact", model.Contact(account, c, Word(outcome)!), () => SideOf(c).ContactRecords.CreateAsync(c.Id, new NewContactRecord
        {
            Channel = Channel.Call,
            Direction = Direction.Outbound,
            Party = Party.Debtor,
            Outcome = outcome,
            OccurredAt = story.Service.Clock.GetUtcNow(),
        }));
    }

    private async Task ReportAsync(AccountModel account, CaseModel c)
    {
        var amount = random.NextInt64(1, Math.Max(2, account.Total + (account.Total / 10)));
        var expected = model.Report(account, c, amount, out var made);
        var real = await BothAsync("report", expected, () => SideOf(c).Repayments.CreateAsync(c.Id, new NewRepayment { Amount = Story.Cny(amount), PaidOn = model.Today }));
        if (made is not null)
        {
            made.Id = real!.Id;
        }
    }

    private Task DecideMoneyAsync(AccountModel account)
    {
        if (account.Repayments.Count == 0)
        {
            return Task.CompletedTask;
        }

        var repayment = account.Repayments[^random.Next(1, Math.Min(4, account.Repayments.Count + 1))];
        switch (random.Next(6))
        {
            case 0:
                return BothAsync("reject", YearModel.Reject(repayment), () => story.Harbour.Repayments.RejectAsync(repayment.Id, Support.Deeds.Because));
            case 1:
                return BothAsync("reverse", YearModel.Reverse(account, repayment), () => story.Harbour.Repayments.ReverseAsync(repayment.Id, Support.Deeds.Because));
            default:
                var accept = random.Next(3) == 0;
                return BothAsync("confirm", model.Confirm(account, repayment, accept), () => story.Harbour.Repayments.ConfirmAsync(repayment.Id, new RepaymentConfirmation { AcceptOverpayment = accept }));
        }
    }

    private Task PromiseAsync(AccountModel account, CaseModel c)
    {
        var (amount, due) = (random.NextInt64(1, 1000), model.Today.AddDays(random.Next(30)));
        return BothAsync("promise", YearModel.Promise(account, c, amount, due), () => SideOf(c).Promises.CreateAsync(c.Id, new NewPromise { Amount = Story.Cny(amount), DueOn = due }));
    }

    private async Task ProposeAsync(AccountModel account, CaseModel c)
    {
        var (amount, payBy) = (random.NextInt64(1, Math.Max(2, account.Total + 100)), model.Today.AddDays(random.Next(30)));
        var expected = model.Propose(account, c, amount, payBy, out var made);
        var real = await BothAsync("propose", expected, () => SideOf(c).SettlementProposals.CreateAsync(
            c.Id, new NewSettlementProposal { Kind = SettlementKind.Lump_sum, Amount = Story.Cny(amount), PayBy = payBy, Reason = "Lost the job" }));
        if (made is not null)
        {
            made.Id = real!.Id;
        }
    }

    private Task DecideProposalAsync(AccountModel account)
    {
        if (account.Proposals.Count == 0)
        {
            return Task.CompletedTask;
        }

        var proposal = account.Proposals[^1];
        return random.Next(3) == 0
            ? BothAsync("reject proposal", model.Decide(account, proposal, approve: false), () => story.Harbour.SettlementProposals.RejectAsync(proposal.Id, Support.Deeds.Because))
            : BothAsync("approve proposal", model.Decide(account, proposal, approve: true), () => story.ApproveAsync(new SettlementProposal { Id = proposal.Id }));
    }

    private Task RaiseAsync(AccountModel account, CaseModel c)
    {
        var kind = Kinds[random.Next(Kinds.Length)];
        var hold = new NewHold { Kind = Enum.Parse<HoldKind>(kind, ignoreCase: true), Reason = "As told" };
        return c.Ended is not null
            ? Task.CompletedTask
            : BothAsync("raise hold", YearModel.Raise(account, kind), () => (random.Next(2) == 0 ? SideOf(c) : story.Harbour).Holds.CreateAsync(c.Id, hold));
    }

    private async Task LiftAsync(AccountModel account)
    {
        var kind = account.Holds.FirstOrDefault();
        if (kind is null)
        {
            return;
        }

        account.Holds.Remove(kind);
        var standing = (await story.Harbour.Holds.ListOfAccountAsync(account.Id, limit: 1000)).Items.Single(hold => hold.LiftedAt is null && Word(hold.Kind) == kind);
        await BothAsync("lift hold", null, () => story.Harbour.Holds.LiftAsync(standing.Id, new HoldLift { Reason = "Cleared" }));
    }

    private Task RecallAsync(AccountModel account, CaseModel c)
    {
        if (random.Next(4) == 0)
        {
            var resolution = random.Next(3) switch { 0 => Resolution.Written_off, 1 => Resolution.Uncollectible, _ => Resolution.Paid_in_full };
            return BothAsync("close", model.Close(account, c, Word(resolution)!), () => story.Harbour.Cases.CloseAsync(c.Id, new CaseClosure { Resolution = resolution }));
        }

        var reason = random.Next(8) switch { 0 => RecallReason.Sold, < 4 => RecallReason.Complaint, _ => RecallReason.Placed_in_error };
        return BothAsync("recall", model.Recall(account, c, Word(reason)!), () => story.Harbour.Cases.RecallAsync(c.Id, new CaseRecall { Reason = reason }));
    }

    private Task NoticeAsync(CaseModel c)
    {
        var on = model.Today.AddDays(random.Next(3, 20));
        return BothAsync("give notice", model.GiveNotice(c, "reallocation", on), () => story.Harbour.Cases.RecallAsync(c.Id, new CaseRecall { Reason = RecallReason.Reallocation, On = on }));
    }

    private Task AnswerNoticeAsync(CaseModel c)
    {
        var day = model.Today.AddDays(random.Next(-2, 40));
        switch (random.Next(3))
        {
            case 0:
                var end = random.Next(2) == 0 ? day : (DateOnly?)null;
                return BothAsync("withdraw recall", model.WithdrawRecall(c, end), () => story.Harbour.Cases.WithdrawRecallAsync(c.Id, new RecallWithdrawal { TermEnd = end }));
            case 1:
                return BothAsync("accept objection", model.AnswerObjection(c, day), () => story.Harbour.Cases.AcceptObjectionAsync(c.Id, new ObjectionAcceptance { RecallOn = day }));
            default:
                return BothAsync("refuse objection", model.AnswerObjection(c, null), () => story.Harbour.Cases.RefuseObjectionAsync(c.Id, Support.Deeds.Because));
        }
    }

    private Task ObjectAsync(CaseModel c) =>
        BothAsync("object", model.Object(c), () => SideOf(c).Cases.ObjectToRecallAsync(c.Id, new RecallObjection { Reason = KeepReason.Active_promise }));

    private Task ReturnAsync(AccountModel account, CaseModel c)
    {
        _ = account;
        return BothAsync("ask to return", model.RequestReturn(c, "unlocated"), () => SideOf(c).Cases.RequestReturnAsync(c.Id, new CaseReturn { Code = ReturnCode.Unlocated }));
    }

    private Task AnswerReturnAsync(AccountModel account, CaseModel c) => random.Next(2) == 0
        ? BothAsync("accept return", model.AnswerReturn(account, c, accept: true), () => story.Harbour.Cases.AcceptReturnAsync(c.Id))
        : BothAsync("refuse return", model.AnswerReturn(account, c, accept: false), () => story.Harbour.Cases.RefuseReturnAsync(c.Id, Support.Deeds.Because));

    private Task RetentionAsync(CaseModel c)
    {
        var end = model.Today.AddDays(random.Next(-2, 150));
        return BothAsync("ask for retention", model.RequestRetention(c, end), () => SideOf(c).Cases.RequestRetentionAsync(c.Id, new CaseRetention { TermEnd = end, Reason = KeepReason.Payment_pending }));
    }

    private Task AnswerRetentionAsync(AccountModel account, CaseModel c)
    {
        _ = account;
        return random.Next(2) == 0
            ? BothAsync("grant retention", model.AnswerRetention(c, grant: true), () => story.Harbour.Cases.GrantRetentionAsync(c.Id, new RetentionGrant()))
            : BothAsync("refuse retention", model.AnswerRetention(c, grant: false), () => story.Harbour.Cases.RefuseRetentionAsync(c.Id, Support.Deeds.Because));
    }

    private async Task<T?> BothAsync<T>(string deed, string? expected, Func<Task<T>> call)
        where T : class
    {
        T? answer = null;
        string? code = null;
        try
        {
            answer = await call();
        }
        catch (AgencyException<ProblemBody> refusal)
        {
            code = refusal.Result.Code;
        }

        var (done, refused) = Deeds.GetValueOrDefault(deed);
        Deeds[deed] = code is null ? (done + 1, refused) : (done, refused + 1);
        Assert.True(code == expected, $"{deed} on {model.Today:O}: the model says {expected ?? "done"}, the service {code ?? "done"}.");
        return answer;
    }

    private Side SideOf(CaseModel c) => c.Agency == "lantern" ? lantern : story.Swift;

    private static string? Asks(CaseModel c) => c.State switch
    {
        "recall_objected" => "recall_objection",
        "return_requested" => "return",
        _ => c.RequestedEnd is null ? null : "retention",
    };

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Word<T>(T value) => value?.ToString()?.ToLowerInvariant();
}
