using Agency.Api.Accounts;
using Agency.Api.ContactRecords;
using FluentValidation;

namespace Agency.Api.Agreements;

/// <summary>The terms to agree on; what is absent has its default.</summary>
/// <param name="RulePack">Which law the contacts are held to; cn when absent.</param>
/// <param name="NoticeDays">How many days pass between the notice of a recall and the recall; 0 to 90, 5 when absent.</param>
/// <param name="LateReportDays">How many days after a case's end the agency may still report what happened in its tenure; 0 to 90, 7 when absent.</param>
/// <param name="PromiseGraceDays">How many days after its date a promise is not yet broken; 0 to 30, 3 when absent.</param>
/// <param name="AllowedChannels">How the agency may seek contact; each once, at least one, every channel when absent.</param>
/// <param name="RepaymentChannels">The bank's accounts that money may be paid into; up to 50, no two with one code or one account.</param>
/// <param name="CommissionRates">The agency's fee by cycle, each cycle once, with up to 20 tiers; none when absent.</param>
/// <param name="CommissionCaps">The most commission for an account and for a statement, each once a currency; no caps when absent.</param>
/// <param name="DiscountLimits">The largest concession by kind of settlement proposal, each kind once; no limits when absent.</param>
/// <param name="MaxInstalments">The most monthly instalments of a plan; 1 to 60, 60 when absent.</param>
/// <param name="LeastAmount">The least that a settlement may bring in; no least amount when absent.</param>
/// <param name="InstalmentGraceDays">How many days after its date a payment of a plan does not yet put the plan in default; 0 to 90, 10 when absent.</param>
/// <param name="SecondApprovalAbove">A concession above this amount needs two different approvers; one is enough when absent.</param>
/// <param name="AllocationOrder">Which bucket of the debt money fills first, second and last; each of the three once; fees, interest, principal when absent.</param>
/// <param name="Attribution">Whose money it is that is paid around the end of a case; paid_in_tenure when absent.</param>
public sealed record NewAgreementTerms(
    RulePackCode? RulePack = null, int? NoticeDays = null, int? LateReportDays = null, int? PromiseGraceDays = null, IReadOnlyList<Channel>? AllowedChannels = null,
    IReadOnlyList<RepaymentChannel>? RepaymentChannels = null, IReadOnlyList<CommissionRate>? CommissionRates = null, IReadOnlyList<CommissionCap>? CommissionCaps = null,
    IReadOnlyList<DiscountLimit>? DiscountLimits = null, int? MaxInstalments = null, Money? LeastAmount = null, int? InstalmentGraceDays = null, Money? SecondApprovalAbove = null, IReadOnlyList<Bucket>? AllocationOrder = null,
    Attribution? Attribution = null)
{
    private const int MostRepaymentChannels = 50;
    private const int MostTiers = 20;

    // CN-PLAN-01: instalments at most 60 months.
    private const int MostInstalments = 60;

    internal AgreementTerms Complete() => new(
        RulePack ?? RulePackCode.Cn,
        NoticeDays ?? 5,
        LateReportDays ?? 7,
        PromiseGraceDays ?? 3,
        AllowedChannels ?? Enum.GetValues<Channel>(),
        RepaymentChannels ?? [],
        CommissionRates ?? [],
        CommissionCaps ?? [],
        DiscountLimits ?? [],
        MaxInstalments ?? MostInstalments,
        LeastAmount,
        InstalmentGraceDays ?? 10,
        SecondApprovalAbove,
        AllocationOrder ?? Allocation.DefaultOrder,
        Attribution ?? Agreements.Attribution.PaidInTenure);

    internal sealed class Rules : AbstractValidator<NewAgreementTerms>
    {
        private const int LongestDays = 90;
        private const int LongestGraceDays = 30;
        private const int Whole = 10_000;

        public Rules()
        {
            RuleFor(t => t.NoticeDays).InclusiveBetween(0, LongestDays);
            RuleFor(t => t.LateReportDays).InclusiveBetween(0, LongestDays);
            RuleFor(t => t.PromiseGraceDays).InclusiveBetween(0, LongestGraceDays);
            RuleFor(t => t.AllowedChannels).NotEmpty().When(t => t.AllowedChannels is not null);
            RuleFor(t => t.AllowedChannels).Must(BeDistinct(static (Channel c) => c)).WithErrorCode("duplicate");
            RuleFor(t => t.MaxInstalments).InclusiveBetween(1, MostInstalments);
            When(t => t.LeastAmount is not null, () => RuleFor(t => t.LeastAmount!).MustBePositiveMoney());
            RuleFor(t => t.InstalmentGraceDays).InclusiveBetween(0, LongestDays);
            When(t => t.SecondApprovalAbove is not null, () => RuleFor(t => t.SecondApprovalAbove!).MustBePositiveMoney());
            RuleFor(t => t.AllocationOrder).Must(order => order is null || order.Order().SequenceEqual(Enum.GetValues<Bucket>())).WithErrorCode("not_each_once");

            RuleFor(t => t.RepaymentChannels).Must(channels => channels is null or { Count: <= MostRepaymentChannels }).WithErrorCode("too_many");
            RuleFor(t => t.RepaymentChannels).Must(BeDistinct(static (RepaymentChannel c) => c.Code)).WithErrorCode("duplicate");
            RuleFor(t => t.RepaymentChannels).Must(BeDistinct(static (RepaymentChannel c) => c.Account)).WithErrorCode("duplicate");
            RuleForEach(t => t.RepaymentChannels).NotNull().ChildRules(channel =>
            {
                channel.RuleFor(c => c.Code).Matches("^[a-z0-9_-]{1,40}\\z");
                channel.RuleFor(c => c.Name).NotEmpty().MaximumLength(100);
                channel.RuleFor(c => c.Account).NotEmpty().MaximumLength(200);
            });

            RuleFor(t => t.CommissionRates).Must(BeDistinct(static (CommissionRate r) => r.Cycle)).WithErrorCode("duplicate");
            RuleForEach(t => t.CommissionRates).NotNull().ChildRules(rate =>
            {
                rate.RuleFor(r => r.Cycle).Matches("^(M[1-6]|M7\\+)\\z");
                rate.RuleFor(r => r.BasisPoints).InclusiveBetween(0, Whole);
                rate.RuleFor(r => r.Tiers).Must(tiers => tiers is null or { Count: <= MostTiers }).WithErrorCode("too_many");
                rate.RuleFor(r => r.Tiers).Must(BeDistinct(static (CommissionTier t) => t.Above)).WithErrorCode("duplicate");
                rate.RuleForEach(r => r.Tiers).NotNull().ChildRules(tier =>
                {
                    tier.RuleFor(t => t.Above).MustBePositiveMoney();
                    tier.RuleFor(t => t.BasisPoints).InclusiveBetween(0, Whole);
                });
            });

            RuleFor(t => t.CommissionCaps).Must(BeDistinct(static (CommissionCap c) => (c.Per, c.Amount.Currency))).WithErrorCode("duplicate");
            RuleForEach(t => t.CommissionCaps).NotNull().ChildRules(cap => cap.RuleFor(c => c.Amount).MustBePositiveMoney());

            RuleFor(t => t.DiscountLimits).Must(BeDistinct(static (DiscountLimit l) => l.Kind)).WithErrorCode("duplicate");
            RuleForEach(t => t.DiscountLimits).NotNull().ChildRules(limit => limit.RuleFor(l => l.BasisPoints).InclusiveBetween(0, Whole));
        }

        private static Func<IReadOnlyList<T>?, bool> BeDistinct<T, TKey>(Func<T, TKey> key) =>
            items => items is null || items.Where(item => item is not null).GroupBy(key).All(group => group.Count() == 1);
    }
}
