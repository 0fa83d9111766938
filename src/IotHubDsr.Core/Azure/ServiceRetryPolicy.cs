using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure;

/// <summary>Six tries with exponential delays; the service's own wish to wait wins when it is longer.</summary>
internal sealed partial class ServiceRetryPolicy(TimeSpan firstDelay) : RetryPolicy(MaxRetries, new WishedDelay(firstDelay))
{
    private const int MaxRetries = 5;

    /// <summary>
    /// Azure.Core reads the header Retry-After; IoT Hub says it in its message instead: "Wait 10 seconds and try again."
    /// </summary>
    internal sealed partial class WishedDelay(TimeSpan firstDelay) : DelayStrategy(MaxWait, jitterFactor: 0.2)
    {
        private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

        /// <summary>How long a service that refuses a call for its load wishes to be left alone; null when it does not say.</summary>
        internal static TimeSpan? WishOf(Response response) =>
            response.Headers.TryGetValue("Retry-After", out string? header)
            && int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                ? TimeSpan.FromSeconds(seconds)
            : response.ContentStream is { CanSeek: true } ? Wish(response.Content.ToString())
            : null;

        internal static TimeSpan? Wish(string text) =>
            WaitSeconds().Match(text) is { Success: true } match
            && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                ? TimeSpan.FromSeconds(seconds)
                : null;

        protected override TimeSpan GetNextDelayCore(Response? response, int retryNumber)
        {
            TimeSpan delay = firstDelay * Math.Pow(2, retryNumber - 1);
            if (
                response is { Status: 429 or 503, ContentStream.CanSeek: true }
                && Wish(response.Content.ToString()) is { } wish
                && wish > delay
            )
            {
                delay = wish;
            }

            return delay < MaxWait ? delay : MaxWait;
        }

        [GeneratedRegex(@"\bWait (\d{1,4}) seconds?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
        private static partial Regex WaitSeconds();
    }
}
