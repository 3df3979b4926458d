using Agency.Sdk;

namespace Agency.Tests.Year;

/// <content>What both sides do with a case.</content>
internal sealed partial class YearPlayer
{
    private static readonly RecallReason[] AtOnce = [RecallReason.Complaint, RecallReason.Breach, RecallReason.PaidDirect, RecallReason.PlacedInError];
    private static readonly Resolution[] Resolutions = [Resolution.PaidInFull, Resolution.WrittenOff, Resolution.Uncollectible, Resolution.PaidInFull];
    private static readonly string[] OfBank = ["bank", "account"];

    private static readonly HoldKind[] HoldKinds =
        [HoldKind.Dispute, HoldKind.Complaint, HoldKind.Fraud, HoldKind.Deceased, HoldKind.Insolvency, HoldKind.CeaseContact, HoldKind.Moratorium, HoldKind.PaymentPending];

    private (string, int, Func<Task>)[] OfCases =>
    [
        ("recall case", 5, RecallAsync),
        ("give notice", 14, GiveNoticeAsync),
        ("withdraw recall", 7, WithdrawAsync),
        ("object to recall", 12, () => OnCaseAsync(c => c.State == "recall_pending" && !c.ObjectionRefused, c => BothAsync(
            "object to recall", model.Object(c), () => SideOf(c).Cases.ObjectToRecallAsync(c.Id, new RecallObjection { Reason = KeepReason.ActivePromise })))),
        ("accept objection", 7, AcceptObjectionAsync),
        ("refuse objection", 6, () => OnCaseAsync(c => c.State == "recall_objected", c => BothAsync(
            "refuse objection", model.RefuseObjection(c), () => world.Bank.Cases.RefuseObjectionAsync(c.Id, Support.Deeds.Because)))),
        ("ask to return", 10, () => OnCaseAsync(c => c.State == "active", c => BothAsync(
            "ask to return", model.RequestReturn(c, "unlocated"), () => SideOf(c).Cases.RequestReturnAsync(c.Id, new CaseReturn { Code = ReturnCode.Unlocated })))),
        ("accept return", 5, () => OnCaseAsync(c => c.State == "return_requested", c => BothAsync(
            "accept return", model.AcceptReturn(c), () => world.Bank.Cases.AcceptReturnAsync(c.Id)))),
        ("refuse return", 5, () => OnCaseAsync(c => c.State == "return_requested", c => BothAsync(
            "refuse return", model.RefuseReturn(c), () => world.Bank.Cases.RefuseReturnAsync(c.Id, Support.Deeds.Because)))),
        ("ask for retention", 10, RequestRetentionOfCaseAsync),
        ("grant retention", 6, () => AnswerRetentionOfCaseAsync("grant retention", grant: true)),
        ("refuse retention", 5, () => AnswerRetentionOfCaseAsync("refuse retention", grant: false)),
        ("close case", 4, CloseAsync),
        ("raise hold", 8, RaiseAsync),
        ("lift hold", 24, LiftAsync),
    ];

    private Task RecallAsync()
    {
        var reason = Chance(12) ? RecallReason.Sold : Any(AtOnce);
        return OnCaseAsync(c => c.IsOpen, c => BothAsync("recall case", model.Recall(c, Word(reason)), () => world.Bank.Cases.RecallAsync(c.Id, new CaseRecall { Reason = reason })));
    }

    private Task GiveNoticeAsync()
    {
        var on = Chance(25) ? (DateOnly?)null : model.Today.AddDays(random.Next(2, 25));
        var reason = Chance(70) ? RecallReason.Reallocation : RecallReason.Legal;
        return OnCaseAsync(c => c.State is "active" or "return_requested", c => BothAsync(
            "give notice", model.GiveNotice(c, Word(reason), on), () => world.Bank.Cases.RecallAsync(c.Id, new CaseRecall { Reason = reason, On = on })));
    }

    private Task WithdrawAsync() => OnCaseAsync(c => c.State == "recall_pending" || (c.State == "active" && c.RecallOn is not null), c =>
    {
        var end = Chance(60) ? c.TermEnd.AddDays(random.Next(-5, 120)) : (DateOnly?)null;
        return BothAsync("withdraw recall", model.WithdrawRecall(c, end), () => world.Bank.Cases.WithdrawRecallAsync(c.Id, new RecallWithdrawal { TermEnd = end }));
    });

    private Task AcceptObjectionAsync() => OnCaseAsync(c => c.State == "recall_objected", c =>
    {
        var day = (c.RecallOn > model.Today ? c.RecallOn.Value : model.Today).AddDays(random.Next(-2, 40));
        return BothAsync("accept objection", model.AcceptObjection(c, day), () => world.Bank.Cases.AcceptObjectionAsync(c.Id, new ObjectionAcceptance { RecallOn = day }));
    });

    private Task RequestRetentionOfCaseAsync() => OnCaseAsync(c => c.State == "active" && c.RequestedEnd is null, c =>
    {
        var end = c.TermEnd.AddDays(random.Next(-3, 120));
        return BothAsync(
            "ask for retention", model.RequestRetention(c, end), () => SideOf(c).Cases.RequestRetentionAsync(c.Id, new CaseRetention { TermEnd = end, Reason = KeepReason.PaymentPending }));
    });

    private Task AnswerRetentionOfCaseAsync(string kind, bool grant) => OnCaseAsync(c => c.RequestedEnd is not null, c =>
    {
        var given = Chance(60) ? (DateOnly?)null : c.TermEnd.AddDays(random.Next(-5, 100));
        return BothAsync(kind, model.AnswerRetention(c, grant, given), () => grant
            ? world.Bank.Cases.GrantRetentionAsync(c.Id, new RetentionGrant { TermEnd = given })
            : world.Bank.Cases.RefuseRetentionAsync(c.Id, Support.Deeds.Because));
    });

    private Task CloseAsync()
    {
        var resolution = Any(Resolutions);
        return OnCaseAsync(c => c.IsOpen, c => BothAsync("close case", model.Close(c, Word(resolution)), () => world.Bank.Cases.CloseAsync(c.Id, new CaseClosure { Resolution = resolution })));
    }

    private async Task RaiseAsync()
    {
        if (Pick(model.Cases, c => c.IsOpen) is not { } c)
        {
            return;
        }

        var (by, kind) = (Chance(50) ? "agency" : Any(OfBank), Any(HoldKinds));
        var written = new NewHold { Kind = kind, Reason = "As told" };
        var expected = by == "account" ? model.RaiseOnAccount(c.Account, Word(kind), out var made) : model.Raise(c, Word(kind), by == "bank", out made);
        var raised = await BothAsync("raise hold", expected, () => by == "account"
            ? world.Bank.Holds.CreateOnAccountAsync(c.Account.Id, written)
            : (by == "bank" ? world.Bank : SideOf(c)).Holds.CreateAsync(c.Id, written));
        made?.Id = raised!.Id;
    }

    // A hold that an outcome raised has its id from the account's list.
    private async Task LiftAsync()
    {
        if (Pick(model.Accounts.SelectMany(account => account.Holds), hold => hold.LiftedAt is null) is not { } hold)
        {
            return;
        }

        if (hold.Id == default)
        {
            var known = (await world.Bank.Holds.ListOfAccountPageAsync(hold.Account.Id, 1000)).Items;
            Assert.Equal(hold.Account.Holds.Select(one => one.Kind), known.Select(one => Word(one.Kind)));
            hold.Id = known[hold.Account.Holds.IndexOf(hold)].Id;
        }

        await BothAsync("lift hold", model.Lift(hold), () => world.Bank.Holds.LiftAsync(hold.Id, new HoldLift { Reason = "Cleared" }));
    }
}
