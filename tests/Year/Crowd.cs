using System.Collections.Concurrent;
using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Year;

/// <summary>
/// One of several callers who do at the same time whatever comes to mind, on the same accounts. What was answered with success is counted
/// by the event it must have made; a refusal is an answer too: whoever comes second is told.
/// </summary>
internal sealed class Crowd(Story story, Agreement lanternAgreement)
{
    private readonly Story story = story;
    private readonly Agreement lanternAgreement = lanternAgreement;
    private readonly ConcurrentDictionary<Guid, string> cases = new();
    private readonly ConcurrentDictionary<Guid, bool> repayments = new();
    private readonly ConcurrentDictionary<Guid, string> promises = new();
    private readonly ConcurrentDictionary<Guid, bool> proposals = new();
    private readonly ConcurrentDictionary<Guid, bool> points = new();
    private readonly ConcurrentDictionary<Guid, bool> holds = new();
    private readonly ConcurrentDictionary<Guid, string> assignments = new();
    private readonly ConcurrentDictionary<Guid, (string Agency, Guid Case)> contacts = new();

    /// <summary>How often each event must have happened.</summary>
    public ConcurrentDictionary<string, int> Done { get; } = new(StringComparer.Ordinal);

    public ICollection<Guid> Repayments => repayments.Keys;

    public void Learn(IEnumerable<Case> known, string agency)
    {
        foreach (var c in known)
        {
            cases[c.Id] = agency;
        }
    }

    public async Task PlayAsync(int deeds, Random random)
    {
        var caller = new Caller(this, random);
        for (var i = 0; i < deeds; i++)
        {
            await caller.DoOneAsync();
        }
    }

    private sealed class Caller(Crowd crowd, Random random)
    {
        private static readonly Outcome[] Outcomes = [Outcome.Promise, Outcome.NoAnswer, Outcome.Refused, Outcome.Busy, Outcome.NonCommittal];
        private static readonly HoldKind[] Kinds = [HoldKind.Dispute, HoldKind.Fraud, HoldKind.Moratorium];

        private readonly Side bank = new(crowd.story.Service.For("harbour"));
        private readonly Dictionary<string, Side> agencies = new(StringComparer.Ordinal)
        {
            ["swift"] = new(crowd.story.Service.For("swift")),
            ["lantern"] = new(crowd.story.Service.For("lantern")),
        };

        private DateOnly Today => crowd.story.Today;

        public Task DoOneAsync()
        {
            var (id, code) = Any(crowd.cases);
            var agency = agencies[code];
            return random.Next(30) switch
            {
                < 3 => ReportMoneyAsync(agency, id),
                < 6 => OnMoneyAsync(),
                6 => ContactAsync(agency, code, id),
                7 => BatchAsync(agency, id),
                8 => CorrectAsync(),
                9 => CheckAsync(agency, id),
                10 or 11 => PromiseAsync(agency, code, id),
                12 => OnPromiseAsync(),
                13 => ProposeAsync(agency, id),
                14 => OnProposalAsync(),
                15 => RaiseAsync(agency, id),
                16 or 17 => LiftAsync(),
                18 => TryAsync("case.recall_pending", () => bank.Cases.RecallAsync(id, new CaseRecall { Reason = RecallReason.Reallocation, On = Today.AddDays(9) })),
                19 => TryAsync("case.recall_objected", () => agency.Cases.ObjectToRecallAsync(id, new RecallObjection { Reason = KeepReason.ActivePromise })),
                20 => OnObjectionAsync(id),
                21 => TryAsync("case.return_requested", () => agency.Cases.RequestReturnAsync(id, new CaseReturn { Code = ReturnCode.Conflict })),
                22 => OnReturnAsync(id),
                23 => TryAsync("case.retention_requested", () => agency.Cases.RequestRetentionAsync(id, new CaseRetention { TermEnd = Today.AddDays(300), Reason = KeepReason.PaymentPending })),
                24 => OnRetentionAsync(id),
                25 => TryAsync("case.ended", () => bank.Cases.RecallAsync(id, new CaseRecall { Reason = RecallReason.Complaint })),
                26 => AssignAsync(),
                27 => AnswerAsync(),
                28 => AddPointAsync(agency, id),
                _ => DistributeAsync(agency, code),
            };
        }

        // Two callers at once under one key: it is done once.
        private async Task ReportMoneyAsync(Side agency, Guid id)
        {
            var (key, money) = ($"{random.NextInt64()}", new NewRepayment { Amount = Story.Cny(random.Next(1, 200_000)), PaidOn = Today });
            var answers = await Task.WhenAll(AnswerOfAsync(() => agency.Repayments.CreateAsync(id, money, CallOptions.WithKey(key))), AnswerOfAsync(() => agency.Repayments.CreateAsync(id, money, CallOptions.WithKey(key))));
            var made = answers.OfType<Repayment>().Select(repayment => repayment.Id).Distinct().ToList();
            Assert.True(made.Count <= 1, "One key made two repayments.");
            if (made.Count == 1)
            {
                Count("repayment.reported");
                crowd.repayments[made[0]] = true;
            }
        }

        private Task OnMoneyAsync() => crowd.repayments.IsEmpty ? Task.CompletedTask : random.Next(4) switch
        {
            0 => TryAsync("repayment.rejected", () => bank.Repayments.RejectAsync(Any(crowd.repayments).Key, Deeds.Because)),
            1 => TryAsync("repayment.reversed", () => bank.Repayments.ReverseAsync(Any(crowd.repayments).Key, Deeds.Because)),
            _ => TryAsync("repayment.confirmed", () => bank.Repayments.ConfirmAsync(Any(crowd.repayments).Key, new RepaymentConfirmation { AcceptOverpayment = random.Next(2) == 0 })),
        };

        private async Task ContactAsync(Side agency, string code, Guid id)
        {
            var (key, contact) = ($"{random.NextInt64()}", crowd.story.Call());
            contact.Outcome = Any(Outcomes);
            var answers = await Task.WhenAll(AnswerOfAsync(() => agency.ContactRecords.CreateAsync(id, contact, CallOptions.WithKey(key))), AnswerOfAsync(() => agency.ContactRecords.CreateAsync(id, contact, CallOptions.WithKey(key))));
            if (answers.OfType<ContactRecord>().DistinctBy(record => record.Id).SingleOrDefault() is { } made)
            {
                Count("contact_record.reported");
                crowd.contacts[made.Id] = (code, id);
            }
        }

        private async Task BatchAsync(Side agency, Guid id)
        {
            ContactRecordBatchItem Item(Guid on) =>
                new() { CaseId = on, Channel = Channel.Call, Direction = Direction.Outbound, Party = Party.Debtor, Outcome = Any(Outcomes), OccurredAt = crowd.story.Service.Clock.GetUtcNow() };
            var answer = await agency.ContactRecords.CreateBatchAsync(new ContactRecordBatch { Items = [Item(id), Item(Any(crowd.cases).Key), Item(id)] });
            answer.Items.Where(item => item.Status == 201).ToList().ForEach(_ => Count("contact_record.reported"));

            Assert.All(answer.Items, item => Assert.True(item.Status is 201 or 404 or 422, $"{item.Status}"));
        }

        private async Task CorrectAsync()
        {
            if (!crowd.contacts.IsEmpty)
            {
                var (wrong, (code, id)) = Any(crowd.contacts);
                var contact = crowd.story.Call();
                contact.Supersedes = wrong;
                await TryAsync("contact_record.reported", () => agencies[code].ContactRecords.CreateAsync(id, contact));
            }
        }

        private Task CheckAsync(Side agency, Guid id) => TryAsync("contact_permit.checked", () => agency.ContactPermits.CheckAsync(id, new ContactCheck { Channel = Channel.Call }));

        private Task PromiseAsync(Side agency, string code, Guid id) => TryAsync(
            "promise.made", () => agency.Promises.CreateAsync(id, new NewPromise { Amount = Story.Cny(100), DueOn = Today }), made => crowd.promises[made.Id] = code);

        private Task OnPromiseAsync()
        {
            if (crowd.promises.IsEmpty)
            {
                return Task.CompletedTask;
            }

            var (promise, code) = Any(crowd.promises);
            return TryAsync("promise.cancelled", () => agencies[code].Promises.CancelAsync(promise, new PromiseCancellation()));
        }

        private Task ProposeAsync(Side agency, Guid id) => TryAsync(
            "settlement_proposal.submitted",
            () => agency.SettlementProposals.CreateAsync(id, new NewSettlementProposal { Kind = SettlementKind.LumpSum, Amount = Story.Cny(random.Next(1, 300_000)), PayBy = Today.AddDays(9), Reason = "Lost the job" }),
            made => crowd.proposals[made.Id] = true);

        private Task OnProposalAsync() => crowd.proposals.IsEmpty ? Task.CompletedTask : random.Next(3) == 0
            ? TryAsync("settlement_proposal.rejected", () => bank.SettlementProposals.RejectAsync(Any(crowd.proposals).Key, Deeds.Because))
            : TryAsync("settlement_proposal.approved", () => bank.SettlementProposals.ApproveAsync(Any(crowd.proposals).Key, new SettlementProposalApproval()));

        private Task RaiseAsync(Side agency, Guid id) => TryAsync(
            "hold.raised", () => (random.Next(2) == 0 ? bank : agency).Holds.CreateAsync(id, new NewHold { Kind = Any(Kinds) }), made => crowd.holds[made.Id] = true);

        private Task LiftAsync() => crowd.holds.IsEmpty ? Task.CompletedTask : TryAsync("hold.lifted", () => bank.Holds.LiftAsync(Any(crowd.holds).Key, new HoldLift { Reason = "Cleared" }));

        private Task OnObjectionAsync(Guid id) => random.Next(3) switch
        {
            0 => TryAsync("case.objection_refused", () => bank.Cases.RefuseObjectionAsync(id, Deeds.Because)),
            1 => TryAsync("case.objection_accepted", () => bank.Cases.AcceptObjectionAsync(id, new ObjectionAcceptance { RecallOn = Today.AddDays(random.Next(1, 60)) })),
            _ => TryAsync("case.recall_withdrawn", () => bank.Cases.WithdrawRecallAsync(id, new RecallWithdrawal())),
        };

        private Task OnReturnAsync(Guid id) => random.Next(2) == 0
            ? TryAsync("case.return_refused", () => bank.Cases.RefuseReturnAsync(id, Deeds.Because))
            : TryAsync("case.ended", () => bank.Cases.AcceptReturnAsync(id));

        private Task OnRetentionAsync(Guid id) => random.Next(2) == 0
            ? TryAsync("case.retention_refused", () => bank.Cases.RefuseRetentionAsync(id, Deeds.Because))
            : TryAsync("case.retention_granted", () => bank.Cases.GrantRetentionAsync(id, new RetentionGrant()));

        private Task AssignAsync()
        {
            var code = random.Next(2) == 0 ? "swift" : "lantern";
            var order = crowd.story.WholePortfolio();
            order.AgreementId = code == "swift" ? crowd.story.Agreement.Id : crowd.lanternAgreement.Id;
            return TryAsync("assignment.submitted", () => bank.Assignments.CreateAsync(order), made => crowd.assignments[made.Id] = code);
        }

        private async Task AnswerAsync()
        {
            if (crowd.assignments.IsEmpty)
            {
                return;
            }

            var (id, code) = Any(crowd.assignments);
            await (random.Next(4) switch
            {
                0 => TryAsync("assignment.rejected", () => agencies[code].Assignments.RejectAsync(id, Deeds.Because)),
                1 => TryAsync("assignment.recalled", () => bank.Assignments.RecallAsync(id, new AssignmentRecall { Reason = RecallReason.Breach })),
                _ => TryAsync("assignment.acknowledged", () => agencies[code].Assignments.AcknowledgeAsync(id)),
            });
            crowd.Learn(await agencies[code].AllCasesAsync(id), code);
        }

        private async Task AddPointAsync(Side agency, Guid id)
        {
            await TryAsync(
                "contact_point.added",
                () => (random.Next(2) == 0 ? bank : agency).ContactPoints.CreateAsync(id, new NewContactPoint { Kind = ContactPointKind.Phone, Value = $"+86139000000{random.Next(20):00}" }),
                made => crowd.points[made.Id] = true);
            if (!crowd.points.IsEmpty)
            {
                await TryAsync("contact_point.marked", () => bank.ContactPoints.MarkAsync(Any(crowd.points).Key, new NewContactPointMark { Mark = Any((Mark[])[Mark.Valid, Mark.Invalid, Mark.OptedOut]) }));
                await TryAsync("contact_point.adopted", () => bank.ContactPoints.AdoptAsync(Any(crowd.points).Key));
            }
        }

        private async Task DistributeAsync(Side agency, string code)
        {
            var person = await agency.PersonAsync("collector");
            var ofAgency = crowd.cases.Where(c => c.Value == code).Select(c => c.Key).ToList();
            await AnswerOfAsync(() => agency.Cases.DistributeAsync(new CaseDistribution { CaseIds = [Any(ofAgency)], ToPersonIds = [person] }));
        }

        private async Task TryAsync<T>(string happened, Func<Task<T>> call, Action<T>? then = null)
            where T : class
        {
            if (await AnswerOfAsync(call) is { } made)
            {
                Count(happened);
                then?.Invoke(made);
            }
        }

        // Anything but an answer of the domain's, such as a 500, ends the test.
        private static async Task<T?> AnswerOfAsync<T>(Func<Task<T>> call)
            where T : class
        {
            try
            {
                return await call();
            }
            catch (AgencyException refusal) when (refusal.StatusCode is 404 or 409 or 422)
            {
                return null;
            }
        }

        private void Count(string happened) => crowd.Done.AddOrUpdate(happened, 1, (_, count) => count + 1);

        // One by one: others add to it meanwhile.
        private T Any<T>(IEnumerable<T> of)
        {
            List<T> list = [];
            foreach (var one in of)
            {
                list.Add(one);
            }

            return list[random.Next(list.Count)];
        }
    }
}
