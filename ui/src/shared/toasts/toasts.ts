import { notifications } from '@mantine/notifications';
import { ApiError } from '../api/client';

const closeButtonProps = { 'aria-label': 'Dismiss' };

export function say(message: string): void {
  notifications.show({ message, autoClose: 4000, withBorder: true, closeButtonProps });
}

// What happened, in the server's sentence.
export function complain(error: unknown, doing?: string): void {
  const detail = error instanceof ApiError ? error.problem.detail : error instanceof Error ? error.message : String(error);
  notifications.show({ title: doing, message: detail, color: 'red', autoClose: 10000, withBorder: true, closeButtonProps });
}
