using System.Globalization;
using CsCheck;

namespace IotHubDsr.Core.Tests.Operations;

public sealed class DueDatesTests
{
    private static readonly Gen<DateTimeOffset> Receipts = Gen.Select(
        Gen.DateTime[new DateTime(1972, 1, 1), new DateTime(9990, 1, 1)],
        Gen.Int[-14 * 60, 14 * 60],
        (time, minutes) => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), TimeSpan.FromMinutes(minutes))
    );

    [Theory]
    [InlineData("2026-03-05T10:00:00+01:00", "2026-04-05T10:00:00+01:00", "2026-06-05T10:00:00+01:00")]
    [InlineData("2026-08-31T23:59:59Z", "2026-09-30T23:59:59Z", "2026-11-30T23:59:59Z")]
    [InlineData("2026-01-31T08:00:00Z", "2026-02-28T08:00:00Z", "2026-04-30T08:00:00Z")]
    [InlineData("2028-01-31T08:00:00Z", "2028-02-29T08:00:00Z", "2028-04-30T08:00:00Z")]
    [InlineData("2100-01-30T08:00:00Z", "2100-02-28T08:00:00Z", "2100-04-30T08:00:00Z")]
    [InlineData("2000-01-30T08:00:00Z", "2000-02-29T08:00:00Z", "2000-04-30T08:00:00Z")]
    [InlineData("2028-02-29T00:00:00Z", "2028-03-29T00:00:00Z", "2028-05-29T00:00:00Z")]
    [InlineData("2027-11-30T12:00:00Z", "2027-12-30T12:00:00Z", "2028-02-29T12:00:00Z")]
    [InlineData("2026-12-31T12:00:00Z", "2027-01-31T12:00:00Z", "2027-03-31T12:00:00Z")]
    public void Due_TheSameDayOrTheLastOfTheMonth(string received, string due, string extended)
    {
        Assert.Equal(Instant(due), DueDates.Due(Instant(received)));
        Assert.Equal(Instant(extended), DueDates.Extended(Instant(received)));
    }

    [Fact]
    public void Due_ReceivedOnTheLastEveningOfAMonthWestOfGreenwich_CountsTheDayOfThatPlace()
    {
        DateTimeOffset received = Instant("2026-02-28T22:00:00-05:00");

        Assert.Equal(Instant("2026-03-28T22:00:00-05:00"), DueDates.Due(received));
        Assert.Equal(TimeSpan.FromHours(-5), DueDates.Due(received).Offset);
        Assert.True(DueDates.Due(received) < DueDates.Due(received.ToUniversalTime()));
    }

    [Fact]
    public void Due_SummerTimeBeginsInBetween_IsNotMoved() =>
        Assert.Equal(Instant("2026-04-15T09:00:00+01:00"), DueDates.Due(Instant("2026-03-15T09:00:00+01:00")));

    [Fact]
    public void Extended_ReceivedOnThe31st_IsNotCountedFromTheShorterFirstDueDate() =>
        Assert.NotEqual(DueDates.Due(Instant("2026-01-31T08:00:00Z")).AddMonths(2), DueDates.Extended(Instant("2026-01-31T08:00:00Z")));

    [Fact]
    public void Due_AnyReceipt_IsWithinTheLastDayOfThePeriod() =>
        Receipts.Sample(received =>
        {
            foreach ((DateTimeOffset due, int months) in new[] { (DueDates.Due(received), 1), (DueDates.Extended(received), 3) })
            {
                int month = ((received.Month - 1 + months) % 12) + 1;
                Assert.Equal(month, due.Month);
                Assert.Equal(Math.Min(received.Day, DateTime.DaysInMonth(due.Year, month)), due.Day);
                Assert.Equal((received.TimeOfDay, received.Offset), (due.TimeOfDay, due.Offset));
                Assert.InRange((due - received).TotalDays, 28 * months, 31 * months);
            }
        });

    [Fact]
    public void Due_LaterReceipt_IsNeverDueEarlier() =>
        Gen.Select(Receipts, Gen.Int[0, 90 * 24 * 60])
            .Sample(
                (received, minutes) =>
                {
                    DateTimeOffset later = received.AddMinutes(minutes);
                    Assert.True(later.AddDays(1) < DueDates.Due(later));
                    Assert.True(DueDates.Due(received) <= DueDates.Due(later).AddDays(1));
                    Assert.True(DueDates.Due(received).Date <= DueDates.Due(later).Date);
                }
            );

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
