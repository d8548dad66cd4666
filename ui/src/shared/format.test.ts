import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatNumber } from './format';

test('counts are grouped as the browser groups them', () => {
  const browser = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  for (const count of [0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 9_007_199_254_740_991, -5, -100, -1000, -123_456, 1999.6]) {
    expect(formatCount(count)).toBe(browser.format(count));
  }
});

test('figures have three digits, whole numbers all of theirs', () => {
  expect(formatNumber(12_345)).toBe('12,345');
  expect(formatNumber(0.123456)).toBe('0.123');
  expect(formatNumber(1234.5)).toBe('1,230');
  expect(formatBytes(999)).toBe('999 B');
  expect(formatBytes(12_345_678)).toBe('12.3 MB');
});
