using System.Globalization;
using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using IotHubDsr.Core.Azure;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Azure;

/// <summary>What decides a verdict is the time of the services, whatever the machine's clock says.</summary>
public sealed class ServiceClockTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _machine = new(Now);

    [Theory]
    [InlineData(-2)]
    [InlineData(3)]
    public void Now_MachineIsHoursOff_IsThatOfTheServices(int hours)
    {
        ServiceClock clock = Clock(("hub", Now.AddHours(hours)), ("arm", Now.AddHours(hours).AddSeconds(1)));

        _machine.Advance(TimeSpan.FromMinutes(10));

        Assert.InRange(clock.GetUtcNow(), Now.AddHours(hours).AddMinutes(10), Now.AddHours(hours).AddMinutes(10).AddSeconds(1));
        Assert.Contains(hours < 0 ? "02:00:00 fast" : "slow", clock.Warning(), StringComparison.Ordinal);
    }

    [Fact]
    public void Now_BeforeAnyAnswer_IsTheMachinesAndIsSaidToDecideNothing()
    {
        ServiceClock clock = Clock();

        Assert.Equal((Now, null), (clock.GetUtcNow(), clock.Known));
        Assert.Contains("No service has reported the time", clock.Warning(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-03-01T12:00:00Z")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    public void Now_DateIsNotPlausible_IsIgnored(string date)
    {
        ServiceClock clock = Clock();

        clock.Hear("hub", date);

        Assert.Null(clock.Known);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    public void Now_OneHostIsHoursOff_IsThatOfTheOthersAndIsSaid(int hours)
    {
        ServiceClock clock = Clock(("odd", Now.AddHours(hours)), ("hub", Now), ("arm", Now));

        Assert.Equal(Now, clock.GetUtcNow());
        Assert.Contains("odd", clock.Warning(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-5, -5)]
    [InlineData(5, 0)]
    public void Now_TwoHostsDisagree_IsTheEarlier(int hours, int expected)
    {
        ServiceClock clock = Clock(("hub", Now), ("odd", Now.AddHours(hours)));

        Assert.Equal(Now.AddHours(expected), clock.GetUtcNow());
    }

    [Fact]
    public void Now_OneHostOfThreeJumpsAhead_DoesNotFollowUntilASecondOneDoes()
    {
        ServiceClock clock = Clock(("hub", Now), ("arm", Now), ("blob", Now));

        Hear(clock, "hub", Now.AddHours(2));
        DateTimeOffset alone = clock.GetUtcNow();
        Hear(clock, "arm", Now.AddHours(2));

        Assert.Equal(Now, alone);
        Assert.Equal(Now.AddHours(2), clock.GetUtcNow());
        Assert.Null(Record.Exception(() => clock.Warning()));
    }

    [Fact]
    public void Now_MachineSlept_FollowsTheFirstHostThatAnswers()
    {
        var asleep = new SleepingMachine();
        var clock = new ServiceClock(asleep);
        foreach (string host in (string[])["hub", "arm", "blob"])
            Hear(clock, host, Now);

        asleep.Slept = TimeSpan.FromHours(8);
        Hear(clock, "hub", Now.AddHours(8));

        Assert.Equal(Now.AddHours(8), clock.GetUtcNow());
    }

    [Fact]
    public void Now_AnswersAreASecondApart_NeverGoesBack()
    {
        ServiceClock clock = Clock(("hub", Now.AddSeconds(1)));
        DateTimeOffset first = clock.GetUtcNow();

        Hear(clock, "hub", Now);

        Assert.Equal(first, clock.GetUtcNow());
    }

    [Theory]
    [InlineData(200, false, true)]
    [InlineData(404, false, true)]
    [InlineData(200, true, false)]
    [InlineData(407, false, false)]
    [InlineData(502, false, false)]
    public async Task Policy_TakesTheTimeFromTheAnswersOfServicesOnly(int status, bool isFromACache, bool isTaken)
    {
        ServiceClock clock = Clock();
        using var dated = new DatedHandler(status, Now.AddHours(1), isFromACache);
        var options = new Options { Transport = new HttpClientTransport(dated), RetryPolicy = new RetryPolicy(maxRetries: 0) };
        options.AddPolicy(new ServiceTimePolicy(clock), HttpPipelinePosition.PerRetry);
        HttpPipeline pipeline = HttpPipelineBuilder.Build(options);
        using HttpMessage message = pipeline.CreateMessage();
        message.Request.Uri.Reset(new Uri("https://contoso.azure-devices.net/"));

        await pipeline.SendAsync(message, CancellationToken.None);

        Assert.Equal(isTaken ? Now.AddHours(1) : (DateTimeOffset?)null, clock.Known);
    }

    private ServiceClock Clock(params (string Host, DateTimeOffset Date)[] heard)
    {
        var clock = new ServiceClock(_machine);
        foreach ((string host, DateTimeOffset date) in heard)
            Hear(clock, host, date);
        return clock;
    }

    private static void Hear(ServiceClock clock, string host, DateTimeOffset date) =>
        clock.Hear(host, date.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>A machine whose timer stands still while it sleeps, and whose wall clock is a day slow.</summary>
    private sealed class SleepingMachine : TimeProvider
    {
        public TimeSpan Slept { get; set; }

        public override DateTimeOffset GetUtcNow() => Now.AddDays(-1) + Slept;

        public override long GetTimestamp() => 0;
    }

    private sealed class Options : ClientOptions;

    private sealed class DatedHandler(int status, DateTimeOffset date, bool isFromACache) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { RequestMessage = request };
            response.Headers.Date = date;
            if (isFromACache)
                response.Headers.Age = TimeSpan.FromHours(3);
            return Task.FromResult(response);
        }
    }
}
