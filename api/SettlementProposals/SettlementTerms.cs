using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>The members that say what is offered: of a proposal and of a counter-offer alike.</summary>
internal interface IOffer
{
    SettlementKind Kind { get; }

    Money Amount { get; }

    DateOnly? PayBy { get; }

    int? Instalments { get; }

    DateOnly? FirstDueOn { get; }

    Money? Waiver { get; }
}

/// <summary>A payment that the terms want.</summary>
/// <param name="Number">From 1.</param>
/// <param name="DueOn">Its last day.</param>
/// <param name="Amount">What it is to bring.</param>
/// <param name="UpToHere">What it and all before it are to bring.</param>
internal sealed record DuePayment(int Number, DateOnly DueOn, long Amount, long UpToHere);

/// <summary>What is to be paid, by when, and what is forgiven for it.</summary>
/// <param name="PayBy">The last day of the last payment.</param>
/// <param name="Instalments">Of instalments: how many, a month apart.</param>
/// <param name="FirstDueOn">Of instalments: the last day of the first.</param>
/// <param name="Waiver">Of a fee waiver: what is forgiven.</param>
internal sealed record SettlementTerms(SettlementKind Kind, long Amount, DateOnly PayBy, int? Instalments, DateOnly? FirstDueOn, long? Waiver)
{
    // CN-PLAN-01: at most 60 months.
    private const int MostMonths = 60;

    /// <summary>The day after which nobody can agree to it any more.</summary>
    public DateOnly AgreeBy => FirstDueOn ?? PayBy;

    /// <summary>It is performed over a time, in which collection stops, once the debtor has signed.</summary>
    public bool IsPlan => Kind is SettlementKind.Instalments or SettlementKind.Extension;

    /// <summary>Once the amount is paid nothing is owed any more: what is left is forgiven.</summary>
    public bool ForgivesRest => Kind is SettlementKind.LumpSum or SettlementKind.Instalments;

    /// <summary>Reads an offer whose rules were checked.</summary>
    public static SettlementTerms Of(IOffer offer) => new(
        offer.Kind,
        offer.Amount.Amount,
        offer.PayBy ?? DueOn(offer.FirstDueOn!.Value, offer.Instalments!.Value - 1),
        offer.Instalments,
        offer.FirstDueOn,
        offer.Waiver?.Amount);

    /// <summary>What the bank would give up.</summary>
    /// <param name="balance">What is owed.</param>
    public long Concession(long balance) => Kind switch
    {
        SettlementKind.FeeWaiver => Waiver!.Value,
        SettlementKind.Extension => 0,
        _ => Math.Max(0, balance - Amount),
    };

    /// <summary>The payments, by their dates. What can't be divided goes to the first ones, a minor unit each.</summary>
    public IReadOnlyList<DuePayment> Payments()
    {
        if (Instalments is not { } count)
        {
            return [new(1, PayBy, Amount, Amount)];
        }

        var payments = new List<DuePayment>(count);
        var sum = 0L;
        for (var at = 0; at < count; at++)
        {
            var amount = (Amount / count) + (at < Amount % count ? 1 : 0);
            sum += amount;
            payments.Add(new(at + 1, DueOn(FirstDueOn!.Value, at), amount, sum));
        }

        return payments;
    }

    /// <summary>Refuses what nobody can agree to: dates that have passed, more months than the law allows, more than is owed, nothing conceded.</summary>
    /// <param name="fees">What is owed of fees.</param>
    public void Check(DateOnly today, long balance, long fees)
    {
        if (AgreeBy < today)
        {
            throw SettlementProposalProblems.PayByPast.Refuse();
        }

        if (IsPlan && PayBy > today.AddMonths(MostMonths))
        {
            throw SettlementProposalProblems.TooLong.RefuseBy("CN-PLAN-01");
        }

        if (Kind == SettlementKind.LumpSum && Amount >= balance)
        {
            throw SettlementProposalProblems.NoConcession.Refuse();
        }

        if (Amount > balance - (Waiver ?? 0) || Waiver > fees)
        {
            throw SettlementProposalProblems.MoreThanOwed.Refuse();
        }
    }

    // From the first date, so that a short month moves no later one.
    private static DateOnly DueOn(DateOnly first, int monthsLater) => first.AddMonths(monthsLater);

    /// <summary>Which members each kind has.</summary>
    internal abstract class OfferRules<T> : AbstractValidator<T>
        where T : IOffer
    {
        protected OfferRules()
        {
            RuleFor(o => o.Amount).MustBePositiveMoney();
            RuleFor(o => o.PayBy).NotNull().When(o => o.Kind != SettlementKind.Instalments);
            RuleFor(o => o.PayBy).Null().When(o => o.Kind == SettlementKind.Instalments);
            RuleFor(o => o.Instalments).NotNull().InclusiveBetween(2, MostMonths).When(o => o.Kind == SettlementKind.Instalments);
            RuleFor(o => o.Instalments).Null().When(o => o.Kind != SettlementKind.Instalments);
            RuleFor(o => o.FirstDueOn).NotNull().When(o => o.Kind == SettlementKind.Instalments);
            RuleFor(o => o.FirstDueOn).Null().When(o => o.Kind != SettlementKind.Instalments);
            RuleFor(o => o.FirstDueOn).LessThan(new DateOnly(9990, 1, 1)).When(o => o.FirstDueOn is not null);
            RuleFor(o => o.Waiver).NotNull().When(o => o.Kind == SettlementKind.FeeWaiver);
            RuleFor(o => o.Waiver).Null().When(o => o.Kind != SettlementKind.FeeWaiver);
            When(o => o.Waiver is not null, () => RuleFor(o => o.Waiver!).MustBePositiveMoney());
            RuleFor(o => o.Waiver).Must((o, waiver) => waiver is null || o.Amount is null || waiver.Currency == o.Amount.Currency).WithErrorCode("other_currency");
            RuleFor(o => o.Amount).Must((o, amount) => o.Instalments is not { } count || amount is null || amount.Amount >= count).WithErrorCode("too_small");
        }
    }
}
