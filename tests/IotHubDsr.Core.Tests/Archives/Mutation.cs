namespace IotHubDsr.Core.Tests.Archives;

/// <summary>Damage as disks, networks and attackers do it.</summary>
internal static class Mutation
{
    public static byte[] Apply(byte[] original, Random random)
    {
        List<byte> file = original.ToList();
        for (int changes = random.Next(1, 4); changes > 0 && file.Count > 0; changes--)
        {
            int at = random.Next(file.Count);
            int length = Math.Min(random.Next(1, 64), file.Count - at);
            switch (random.Next(8))
            {
                case 0:
                    file.RemoveRange(at, file.Count - at);
                    break;
                case 1:
                    file.RemoveRange(at, length);
                    break;
                case 2:
                    file.InsertRange(at, file.GetRange(random.Next(file.Count - length + 1), length));
                    break;
                case 3:
                    // What numbers and lengths fear most: the largest and the longest.
                    file.InsertRange(at, Enumerable.Repeat((byte)0xFF, random.Next(1, 12)));
                    break;
                case 4:
                    file[at] = "\"\\{}[],:\n\0"u8[random.Next(10)];
                    break;
                default:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. file];
    }
}
