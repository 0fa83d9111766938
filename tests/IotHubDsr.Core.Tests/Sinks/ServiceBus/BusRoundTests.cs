using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Sinks.BusEntities;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBus;

/// <summary>Messages move while queues are looked through: each queue must come after all from which messages get to it.</summary>
public sealed class BusRoundTests
{
    [Fact]
    public void Of_EntityThatIsForwardedToDirectlyAndByAnother_ComesAfterBoth()
    {
        // By the number of hops, which is how they are found, 'last' would come before 'middle'.
        BusEntity first = new("topic/Subscriptions/first") { ForwardTo = "middle" };
        BusEntity shortcut = new("topic/Subscriptions/shortcut") { ForwardTo = "LAST" };
        BusEntity last = new("last");
        BusEntity middle = new("middle") { ForwardTo = "last" };

        IReadOnlyList<IReadOnlyList<BusStop>> rounds = BusRounds.Of([first, shortcut, last, middle]);

        AssertBefore(rounds, new BusNode(first.Path), new BusNode("middle"));
        AssertBefore(rounds, new BusNode("middle"), new BusNode("last"));
        AssertBefore(rounds, new BusNode(shortcut.Path), new BusNode("last"));
        Assert.Equal(0, RoundOf(rounds, new BusNode(shortcut.Path)));
    }

    [Fact]
    public void Of_DeadLettersThatAreForwarded_ComeAfterTheirQueueAndBeforeTheirTarget()
    {
        BusEntity queue = new("queue") { ForwardDeadLettersTo = "errors" };
        BusEntity errors = new("errors/Subscriptions/all");

        IReadOnlyList<IReadOnlyList<BusStop>> rounds = BusRounds.Of([errors, queue]);

        var dead = new BusNode("queue", BusSubQueue.DeadLetter);
        AssertBefore(rounds, new BusNode("queue"), dead);
        AssertBefore(rounds, new BusNode("queue"), new BusNode("queue", BusSubQueue.TransferDeadLetter));
        AssertBefore(rounds, dead, new BusNode(errors.Path));
    }

    [Fact]
    public void Of_Circle_HasEachQueueOnce()
    {
        BusEntity[] circle = [new("one") { ForwardTo = "two" }, new("two") { ForwardTo = "one" }, new("self") { ForwardTo = "self" }];

        IReadOnlyList<IReadOnlyList<BusStop>> rounds = BusRounds.Of(circle);

        Assert.Equal(
            circle.SelectMany(static entity => entity.Nodes).Select(static node => $"{node}").Order(),
            rounds.SelectMany(static round => round).Select(static stop => $"{stop.Node}").Order()
        );
    }

    [Fact]
    public void Of_ManySubscriptions_AreTwoRounds()
    {
        BusEntity[] subscriptions = [.. Enumerable.Range(0, 2000).Select(static number => new BusEntity($"topic/Subscriptions/s{number}"))];

        IReadOnlyList<IReadOnlyList<BusStop>> rounds = BusRounds.Of(subscriptions);

        Assert.Equal([2000, 4000], rounds.Select(static round => round.Count));
    }

    private static void AssertBefore(IReadOnlyList<IReadOnlyList<BusStop>> rounds, BusNode one, BusNode other) =>
        Assert.True(RoundOf(rounds, one) < RoundOf(rounds, other), $"'{one}' is not read before '{other}'.");

    private static int RoundOf(IReadOnlyList<IReadOnlyList<BusStop>> rounds, BusNode node) =>
        Enumerable.Range(0, rounds.Count).Single(number => rounds[number].Any(stop => stop.Node == node));
}
