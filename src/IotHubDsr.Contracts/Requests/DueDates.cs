namespace IotHubDsr;

/// <summary>
/// When a data subject request must be answered: within one month of its receipt, which can be extended by two further months where
/// necessary (GDPR, Article 12(3)).
/// </summary>
/// <remarks>
/// Regulation (EEC, Euratom) No 1182/71, Article 3, counts a period in months from the day of the event to the end of the last hour of the
/// day with the same number, or of the month's last day where there is none, and moves an end on a Saturday, Sunday or public holiday to
/// the next working day. Here the time of day of the receipt is kept and no end is moved, because public holidays differ by Member State
/// and authority: what is given is never later than that day. Days are those of the offset that the instant comes with. The same instant
/// can be the last day of a month in one place and the first of the next in another, so pass it with the offset of the place where the
/// request arrived, not converted to UTC. A change to or from summer time in between does not shift the result.
/// </remarks>
public static class DueDates
{
    /// <summary>Months within which a request must be answered.</summary>
    public const int Months = 1;

    /// <summary>Months, counted from the receipt, within which an extended request must be answered.</summary>
    public const int ExtendedMonths = 3;

    /// <summary>
    /// When the answer is due; until then the person must also be told of an extension and its reasons.
    /// </summary>
    /// <param name="received">When the request reached the controller, with the offset of the place.</param>
    /// <returns>The same day number and time of day one month later, or that month's last day, at the same offset.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The result is after the year 9999.</exception>
    public static DateTimeOffset Due(DateTimeOffset received) => received.AddMonths(Months);

    /// <summary>When the answer to an extended request is due: three months after the receipt, not two after the first due date.</summary>
    /// <param name="received">When the request reached the controller, with the offset of the place.</param>
    /// <returns>The same day number and time of day three months later, or that month's last day, at the same offset.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The result is after the year 9999.</exception>
    public static DateTimeOffset Extended(DateTimeOffset received) => received.AddMonths(ExtendedMonths);
}
