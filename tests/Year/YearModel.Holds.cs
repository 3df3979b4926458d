namespace Agency.Tests.Year;

/// <content>Holds stop the work until the bank lifts them; several can stand at once, one of a kind.</content>
internal sealed partial class YearModel
{
    public string? Raise(CaseModel c, string kind, bool byBank, out HoldModel? made)
    {
        made = null;
        return c.Ended is { } ended ? byBank ? ended : "case.not_found" : Raise(c.Account, c, kind, byBank ? "bank" : "agency", out made);
    }

    public string? RaiseOnAccount(AccountModel account, string kind, out HoldModel? made) => Raise(account, account.Case, kind, "bank", out made);

    public string? Lift(HoldModel hold)
    {
        if (hold.LiftedAt is not null)
        {
            return "hold.is_lifted";
        }

        // The agency that works the account now is told, whoever worked it when the hold was raised.
        hold.LiftedAt = Now;
        Tell("hold.lifted", hold, hold.Account.Case?.Agency, hold.Account.Case, hold.Account);
        return null;
    }

    private string? Raise(AccountModel account, CaseModel? c, string kind, string by, out HoldModel? made)
    {
        made = null;
        if (kind is "plan_active" or "payment_pending")
        {
            return "hold.kind_of_system";
        }

        if (account.Standing.Any(hold => hold.Kind == kind))
        {
            return "hold.stands";
        }

        made = new HoldModel(account, kind, by, Now);
        account.Holds.Add(made);
        Tell("hold.raised", made, c?.Agency, c, account);
        return null;
    }
}

/// <summary>A hold on an account.</summary>
internal sealed class HoldModel(AccountModel account, string kind, string raisedBy, DateTimeOffset raisedAt) : Thing
{
    public AccountModel Account { get; } = account;

    public string Kind { get; } = kind;

    public string RaisedBy { get; } = raisedBy;

    public DateTimeOffset RaisedAt { get; } = raisedAt;

    public DateTimeOffset? LiftedAt { get; set; }

    public bool StoodAt(DateTimeOffset at) => RaisedAt <= at && !(LiftedAt <= at);
}
